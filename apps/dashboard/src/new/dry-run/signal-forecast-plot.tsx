import type { DryRun } from '@trainyard/client'
import { useMemo } from 'react'
import { Chart } from '../../charts/chart.tsx'
import type { Curve } from '../../charts/chart-options.ts'
import { lineStyle } from '../../charts/palette.ts'

const AXES = { x: 'layer', y: 'output norm', logY: true }
const HEIGHT_PX = 190

/** How strong a batch will be after every layer, and how much of that comes from the images rather than from biases. */
export function SignalForecastPlot({ layers }: { layers: DryRun['signal']['layers'] }) {
  const curves = useMemo((): Curve[] => {
    const x = layers.map(({ layer }) => layer)
    const y = layers.map(({ outputNorm }) => outputNorm)
    const fromImages = layers.map(({ outputNorm, biasShare }) => outputNorm * Math.sqrt(1 - biasShare))
    return [
      { label: 'output norm', x, y, style: lineStyle(0) },
      { label: 'from the images', x, y: fromImages, style: { ...lineStyle(1), dash: [6, 4] } },
    ]
  }, [layers])
  return <Chart label="Output norm of each layer before training, as predicted" curves={curves} axes={AXES} heightPx={HEIGHT_PX} />
}
