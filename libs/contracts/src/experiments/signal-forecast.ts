import { z } from 'zod'
import { LayerKind } from './experiment-config.ts'

/** One layer of an untrained network, predicted. */
export const ForecastLayer = z
  .object({
    layer: z.int().describe('counts from 1; the last one is the output layer'),
    kind: LayerKind,
    outputNorm: z.number().describe("norm of a batch's outputs"),
    biasShare: z.number().describe("share of the outputs' squares that comes from biases, whatever the image"),
    imageShare: z.number().describe("share of the outputs' squares that differs from image to image"),
    gradientNorm: z.number().describe("of the loss by the layer's weight"),
    outputGradientNorm: z.number().describe("of the loss by the layer's outputs"),
  })
  .meta({ id: 'ForecastLayer' })
export type ForecastLayer = z.infer<typeof ForecastLayer>

export const SignalVerdict = z.enum(['healthy', 'fading', 'vanishing', 'exploding']).meta({ id: 'SignalVerdict' })
export type SignalVerdict = z.infer<typeof SignalVerdict>

/** What the signal will do in a network before it is trained, and what to change. */
export const SignalForecast = z
  .object({
    verdict: SignalVerdict,
    advice: z.string(),
    layers: z.array(ForecastLayer),
  })
  .meta({ id: 'SignalForecast' })
export type SignalForecast = z.infer<typeof SignalForecast>
