import { type EpochLayers, JsonNumber, type LayerRow, type LayerSignal } from '@trainyard/contracts'
import { z } from 'zod'
import { shortFloat32 } from '../redis/short-float32.ts'

/** An epoch's layers as Redis holds them: per layer its numbers in this order. Layers count from 1, and the last is the output layer. */
const LayersRow = z.array(
  z.tuple([
    JsonNumber, // outputNorm
    JsonNumber, // mean
    JsonNumber, // std
    JsonNumber, // preMean
    JsonNumber, // preStd
    JsonNumber.nullable(), // deadShare
    JsonNumber, // gradientNorm
    JsonNumber, // weightNorm
    JsonNumber, // updateRatio
  ]),
)

/** The same layers with no more digits than a float32 has: as they are stored, and as they are in events. */
export const shortLayers = ({ epoch, layers }: EpochLayers): EpochLayers => ({ epoch, layers: layers.map(shortLayer) })

const shortLayer = ({ layer, kind, deadShare, ...numbers }: LayerSignal): LayerSignal => ({
  layer,
  kind,
  outputNorm: short(numbers.outputNorm),
  mean: short(numbers.mean),
  std: short(numbers.std),
  preMean: short(numbers.preMean),
  preStd: short(numbers.preStd),
  deadShare: deadShare === null ? null : short(deadShare),
  gradientNorm: short(numbers.gradientNorm),
  weightNorm: short(numbers.weightNorm),
  updateRatio: short(numbers.updateRatio),
})

export function layersRow({ layers }: EpochLayers): string {
  const row: z.infer<typeof LayersRow> = layers.map((layer) => [
    layer.outputNorm,
    layer.mean,
    layer.std,
    layer.preMean,
    layer.preStd,
    layer.deadShare,
    layer.gradientNorm,
    layer.weightNorm,
    layer.updateRatio,
  ])
  return JSON.stringify(row)
}

export function layersFromRow(row: string, epoch: number): LayerRow[] {
  const layers = LayersRow.parse(JSON.parse(row))
  return layers.map(([outputNorm, mean, std, preMean, preStd, deadShare, gradientNorm, weightNorm, updateRatio], i) => ({
    epoch,
    layer: i + 1,
    kind: i === layers.length - 1 ? 'output' : 'hidden',
    ...{ outputNorm, mean, std, preMean, preStd, deadShare, gradientNorm, weightNorm, updateRatio },
  }))
}

const short = (value: JsonNumber): JsonNumber => (typeof value === 'number' ? shortFloat32(value) : value)
