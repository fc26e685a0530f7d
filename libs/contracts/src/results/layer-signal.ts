import { z } from 'zod'
import { LayerKind } from '../experiments/experiment-config.ts'
import { JsonNumber } from '../http/json-number.ts'

/** The signal at one layer in one epoch: activations over all its images, gradients and weights at its last step. */
export const LayerSignal = z
  .object({
    layer: z.int().describe('counts from 1; the last one is the output layer'),
    kind: LayerKind,
    outputNorm: JsonNumber.describe("norm of a batch's outputs, as net(x).norm() gives it; root mean square over the steps"),
    mean: JsonNumber.describe('of the numbers after the nonlinearity'),
    std: JsonNumber,
    preMean: JsonNumber.describe('of the numbers before the nonlinearity'),
    preStd: JsonNumber,
    deadShare: JsonNumber.nullable().describe('share of units that were zero for every image; null where there is no nonlinearity'),
    gradientNorm: JsonNumber.describe("of the loss by the layer's weight"),
    weightNorm: JsonNumber,
    updateRatio: JsonNumber.describe("norm of the weight's last update, divided by the weight's norm"),
  })
  .meta({ id: 'LayerSignal' })
export type LayerSignal = z.infer<typeof LayerSignal>

/** All layers of one epoch, first to last. */
export const EpochLayers = z.object({ epoch: z.int(), layers: z.array(LayerSignal) })
export type EpochLayers = z.infer<typeof EpochLayers>

/** One layer of one epoch: a row of GET /experiments/{id}/layers. */
export const LayerRow = z.object({ epoch: z.int(), ...LayerSignal.shape }).meta({ id: 'LayerRow' })
export type LayerRow = z.infer<typeof LayerRow>

export const LayerList = z.object({ items: z.array(LayerRow) }).meta({ id: 'LayerList' })
export type LayerList = z.infer<typeof LayerList>
