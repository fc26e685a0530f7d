import type { EpochLayers, ExperimentConfig } from '@trainyard/contracts'
import { layerFindings } from '@trainyard/planning'
import { useId, useMemo, useState } from 'react'
import { HeatMap } from './heat-map.tsx'
import { LAYER_MEASURES, type MeasureKey } from './layer-measures.ts'
import { LayerNumbers } from './layer-numbers.tsx'
import './layers.css'

const SIGNS = { bad: '✕', warning: '!', good: '✓' } as const

/** How the signal fares, layer by layer and epoch by epoch, and what is wrong where. */
export function Layers({ config, epochs }: { config: ExperimentConfig; epochs: readonly EpochLayers[] }) {
  const [chosen, setChosen] = useState<MeasureKey>('gradientNorm')
  const [outputFirst, setOutputFirst] = useState(true)
  const [measureId, orderId, title] = [useId(), useId(), useId()]
  const findings = useMemo(() => {
    const latest = epochs.at(-1)
    return latest
      ? layerFindings(
          latest.layers.map((layer) => ({ epoch: latest.epoch, ...layer })),
          { norm: config.norm },
        )
      : []
  }, [epochs, config.norm])
  return (
    <section className="card" aria-labelledby={title}>
      <div className="row">
        <h2 id={title}>Layers</h2>
        <div className="row end">
          <label htmlFor={measureId}>measure</label>
          <select id={measureId} value={chosen} onChange={({ currentTarget: { value } }) => isMeasure(value) && setChosen(value)}>
            {Object.entries(LAYER_MEASURES).map(([key, { name }]) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
          </select>
          <label htmlFor={orderId}>at the top</label>
          <select
            id={orderId}
            value={outputFirst ? 'output' : 'input'}
            onChange={({ currentTarget: { value } }) => setOutputFirst(value === 'output')}
          >
            <option value="output">output layer</option>
            <option value="input">first layer</option>
          </select>
        </div>
      </div>
      <ul className="findings" aria-label="Findings">
        {findings.map(({ severity, words }) => (
          <li key={words} className={`finding-${severity}`}>
            <span aria-hidden="true">{SIGNS[severity]}</span> {words}
          </li>
        ))}
        {findings.length === 0 && <li className="muted">{emptyMessage(config)}</li>}
      </ul>
      <HeatMap {...{ epochs, outputFirst }} measure={LAYER_MEASURES[chosen]} layers={config.depth + 1} />
      <LayerNumbers epochs={epochs} measure={LAYER_MEASURES[chosen]} />
    </section>
  )
}

const isMeasure = (key: string): key is MeasureKey => key in LAYER_MEASURES

const emptyMessage = ({ recordLayers }: ExperimentConfig): string =>
  recordLayers ? 'Layers are measured at the end of every epoch; none has ended yet.' : 'It was submitted without recording of its layers.'
