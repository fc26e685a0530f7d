import { z } from 'zod'
import { groupFieldErrors } from '../experiments/config-rules.ts'
import { DatasetName, SPLIT_COUNTS } from '../datasets/dataset.ts'
import { LayerKind, NormPosition, NormType } from '../experiments/experiment-config.ts'
import { ExperimentError } from '../experiments/experiment.ts'
import { JsonNumber } from '../http/json-number.ts'

/** Part of the queue's name: raised when an older worker could not answer a newer request. */
export const PROBE_VERSION = 1
const MAX_NETWORKS = 10_000
const MAX_FIRST_LAYER_BYTES = 2 ** 31

export const ProbeInput = z.enum(['randn', ...DatasetName.options])
export type ProbeInput = z.infer<typeof ProbeInput>

/** The body of POST /probes: fresh networks, one batch through each, forwards and backwards. Defaults are the notebook's table. */
export const ProbeRequest = z
  .strictObject({
    depths: z
      .array(z.int().min(0).max(64))
      .min(1)
      .max(65)
      .default([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      .describe('hidden layers of each network'),
    norms: z.array(NormType).min(1).max(4).default(['none', 'batch', 'layer']).describe('normalisations to compare'),
    normPosition: NormPosition.default('before').describe('position of the norm, before or after the nonlinearity'),
    groupSize: z.int().min(1).max(8192).default(32).describe('channels per group, with norm group'),
    biases: z.array(z.boolean()).min(1).max(2).default([true]).describe('with biases in the linear layers, without, or both'),
    width: z.int().min(1).max(8192).default(512).describe('units per hidden layer'),
    imageSize: z.int().min(8).max(512).default(128).describe('pixels per side'),
    batchSize: z.int().min(1).max(4096).default(10).describe('images that go through each network'),
    input: ProbeInput.default('randn').describe('normal random numbers, or images of a dataset'),
    draws: z.int().min(1).max(1000).default(1).describe('networks per cell, each with its own weights and images'),
    seed: z.int().min(0).max(0xffff_ffff).default(0).describe('seed of the first draw; the next ones count up'),
  })
  .check((ctx) => {
    if (ctx.issues.length > 0) return
    for (const { field, message } of probeFieldErrors(ctx.value))
      ctx.issues.push({ code: 'custom', path: [field], message, params: { acrossFields: true }, input: ctx.value })
  })
  .meta({ id: 'ProbeRequest' })
export type ProbeRequest = z.infer<typeof ProbeRequest>

function probeFieldErrors(probe: {
  depths: number[]
  norms: NormType[]
  biases: boolean[]
  draws: number
  groupSize: number
  width: number
  imageSize: number
  batchSize: number
  input: ProbeInput
}) {
  const faults: { field: string; message: string }[] = []
  const refuse = (field: string, message: string): void => void faults.push({ field, message })
  const { depths, norms, biases, draws, groupSize, width, imageSize, batchSize, input } = probe
  const networks = depths.length * norms.length * biases.length * draws
  if (networks > MAX_NETWORKS)
    refuse('draws', `makes ${networks} networks; at most ${MAX_NETWORKS} are allowed: lower draws or ask for fewer depths`)
  const firstLayerBytes = 4 * 3 * imageSize ** 2 * width
  if (firstLayerBytes > MAX_FIRST_LAYER_BYTES)
    refuse(
      'width',
      `makes a first layer of ${Math.ceil(firstLayerBytes / 2 ** 20)} MiB; at most 2048 are allowed: lower width or imageSize`,
    )
  if (norms.includes('group')) faults.push(...groupFieldErrors({ widths: [width], groupSize, field: 'width' }))
  if (norms.includes('batch') && batchSize === 1)
    refuse('batchSize', 'of one image cannot be normalised by batch norm; use 2 or more, or leave batch out of norms')
  if (input !== 'randn' && batchSize > SPLIT_COUNTS[input].train)
    refuse('batchSize', `is more than the ${SPLIT_COUNTS[input].train} images that ${input} has to train on`)
  return faults
}

/** One layer of a probed network; numbers are means over the draws. */
export const ProbeLayer = z
  .object({
    layer: z.int().describe('counts from 1; the last one is the output layer'),
    kind: LayerKind,
    outputNorm: JsonNumber.describe("norm of the batch's outputs"),
    gradientNorm: JsonNumber.describe("of the loss by the layer's weight, the loss being cross-entropy against label i mod 102"),
    outputGradientNorm: JsonNumber.describe("of the loss by the layer's outputs"),
  })
  .meta({ id: 'ProbeLayer' })
export type ProbeLayer = z.infer<typeof ProbeLayer>

export const ProbeCell = z
  .object({
    norm: NormType,
    bias: z.boolean(),
    depth: z.int(),
    outputNorm: z.object({
      mean: JsonNumber,
      std: JsonNumber.nullable().describe('over the draws; null for one draw'),
      values: z.array(JsonNumber),
    }),
    layers: z.array(ProbeLayer),
  })
  .meta({ id: 'ProbeCell' })
export type ProbeCell = z.infer<typeof ProbeCell>

export const ProbeState = z.enum(['queued', 'running', 'completed', 'failed']).meta({ id: 'ProbeState' })
export type ProbeState = z.infer<typeof ProbeState>

export const Probe = z
  .object({
    id: z.string(),
    state: ProbeState,
    request: ProbeRequest,
    fraction: z.number().min(0).max(1).describe('share of the work that is done'),
    results: z.array(ProbeCell).describe('empty until it is completed'),
    error: ExperimentError.nullable(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Probe' })
export type Probe = z.infer<typeof Probe>
