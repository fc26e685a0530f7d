import type { ExperimentConfig } from '@trainyard/contracts'
import type { ModelState } from '@trainyard/training'
import { caseImages, IMAGES, type ModelCase } from './model-cases.ts'

const EPSILON = 1e-5
type Arrays = Map<string, Float32Array>

/** Logits by the textbook's formulas, one number after another in double precision: (n × classes). */
export function referenceLogits(modelCase: ModelCase): number[] {
  const { first } = caseImages(modelCase)
  const inputs = first.length / IMAGES
  return Array.from({ length: IMAGES }, (_, image) => logitsOf([...first.subarray(image * inputs, (image + 1) * inputs)], modelCase)).flat()
}

/** One image through the network. The names count modules as torch.nn.Sequential does. */
function logitsOf(pixels: number[], { config, state }: ModelCase): number[] {
  const arrays = arraysOf(state)
  let module = 0
  let x = pixels
  for (const units of config.layerSizes) {
    x = linear(x, { arrays, name: `model.${(module += 1)}`, units })
    if (config.normPosition === 'before') x = normalise(x, { arrays, name: `model.${(module += 1)}`, config })
    module += 1
    x = x.map((value) => Math.max(value, 0))
    if (config.normPosition === 'after') x = normalise(x, { arrays, name: `model.${(module += 1)}`, config })
  }
  return linear(x, { arrays, name: `model.${module + 1}`, units: 102 })
}

const arraysOf = ({ parameters, buffers }: ModelState): Arrays =>
  new Map([...parameters, ...buffers].map(({ name, values }) => [name, values]))

/** y = x · W + b, W (inputs, units) */
function linear(x: number[], { arrays, name, units }: { arrays: Arrays; name: string; units: number }): number[] {
  const [weight, bias] = [arrays.get(`${name}.weight`), arrays.get(`${name}.bias`)]
  return Array.from({ length: units }, (_, unit) =>
    x.reduce((sum, value, i) => sum + value * (weight?.[i * units + unit] ?? NaN), bias?.[unit] ?? 0),
  )
}

/** y = (x − mean) / √(variance + ε) · γ + β; mean and variance are running averages, or those of the unit's own group. */
function normalise(x: number[], { arrays, name, config }: { arrays: Arrays; name: string; config: ExperimentConfig }): number[] {
  const at = (part: string, unit: number): number | undefined => arrays.get(`${name}.${part}`)?.[unit]
  const groupSize = config.norm === 'group' ? (config.groupSize ?? NaN) : x.length
  return x.map((value, unit) => {
    const group = x.slice(unit - (unit % groupSize), unit - (unit % groupSize) + groupSize)
    const mean = config.norm === 'batch' ? (at('running_mean', unit) ?? NaN) : average(group)
    const variance = config.norm === 'batch' ? (at('running_var', unit) ?? NaN) : average(group.map((each) => (each - mean) ** 2))
    return ((value - mean) / Math.sqrt(variance + EPSILON)) * (at('weight', unit) ?? 1) + (at('bias', unit) ?? 0)
  })
}

const average = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
