import type { LayerSignal } from '@trainyard/contracts'
import { formatShare, fromJsonNumber } from '@trainyard/contracts'
import { shortNumber } from '../../charts/chart-options.ts'

/** What a heat map of the layers can show. */
export interface LayerMeasure {
  name: string
  /** NaN: it has none. */
  value: (layer: LayerSignal) => number
  log: boolean
  ends?: readonly [number, number]
  format: (value: number) => string
}

/** Three digits: 0.00204, 4.7e-6. */
const threeDigits = (value: number): string =>
  value === 0 ? '0' : Math.abs(value) < 1e-3 ? value.toExponential(1) : shortNumber(Number(value.toPrecision(3)))

const scale = { log: true, format: threeDigits }

export const LAYER_MEASURES = {
  outputNorm: { ...scale, name: 'Output norm', value: ({ outputNorm }) => fromJsonNumber(outputNorm) },
  std: { ...scale, name: 'Standard deviation', value: ({ std }) => fromJsonNumber(std) },
  deadShare: {
    name: 'Dead units',
    log: false,
    ends: [0, 1],
    format: formatShare,
    value: ({ deadShare }) => (deadShare === null ? NaN : fromJsonNumber(deadShare)),
  },
  gradientNorm: { ...scale, name: 'Gradient norm', value: ({ gradientNorm }) => fromJsonNumber(gradientNorm) },
  updateRatio: { ...scale, name: 'Update / weight', value: ({ updateRatio }) => fromJsonNumber(updateRatio) },
} satisfies Record<string, LayerMeasure>

export type MeasureKey = keyof typeof LAYER_MEASURES
