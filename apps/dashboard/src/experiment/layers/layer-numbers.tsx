import type { EpochLayers } from '@trainyard/contracts'
import { useState } from 'react'
import { LAYER_MEASURES, type LayerMeasure } from './layer-measures.ts'

const nothing = (value: number, format: (value: number) => string): string => (Number.isNaN(value) ? '–' : format(value))

/** The same as tables: the chosen measure epoch by epoch, and all of them in the latest one; made only when they are opened. */
export function LayerNumbers({ epochs, measure }: { epochs: readonly EpochLayers[]; measure: LayerMeasure }) {
  const [open, setOpen] = useState(false)
  const latest = epochs.at(-1)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The numbers</summary>
      {open && latest && (
        <>
          <div className="scroll" tabIndex={0} role="region" aria-label={`Layers of epoch ${latest.epoch}`}>
            <table>
              <caption>Epoch {latest.epoch}</caption>
              <thead>
                <tr>
                  <th scope="col">layer</th>
                  {Object.values(LAYER_MEASURES).map(({ name }) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {latest.layers.map((layer) => (
                  <tr key={layer.layer}>
                    <th scope="row">
                      {layer.layer} {layer.kind}
                    </th>
                    {Object.values(LAYER_MEASURES).map(({ name, value, format }) => (
                      <td key={name}>{nothing(value(layer), format)}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <div className="scroll" tabIndex={0} role="region" aria-label={`${measure.name} by epoch`}>
            <table>
              <caption>{measure.name}</caption>
              <thead>
                <tr>
                  <th scope="col">epoch</th>
                  {latest.layers.map(({ layer }) => (
                    <th key={layer} scope="col">
                      layer {layer}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {epochs.map(({ epoch, layers }) => (
                  <tr key={epoch}>
                    <th scope="row">{epoch}</th>
                    {layers.map((layer) => (
                      <td key={layer.layer}>{nothing(measure.value(layer), measure.format)}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </details>
  )
}
