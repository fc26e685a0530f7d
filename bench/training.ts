import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@trainyard/client'
import { CLASSES, type Experiment, NormType } from '@trainyard/contracts'
import { loadSplit } from '@trainyard/datasets'
import { loadEngine } from '@trainyard/tensorflow'
import { residentImages, type ResidentImages, train } from '@trainyard/training'
import { pythonWithTorch } from '../tests/support/python-with-torch.ts'
import { startService, stopAndRemove } from '../tests/support/service.ts'
import { benchDecoding, type DecodingTimes } from './decoding.ts'
import { machineLine } from './machine.ts'
import { startPyTorch } from './pytorch.ts'
import { markdownTable, median } from './table.ts'

const ROUNDS = Number(process.argv[2] ?? 5)
/** Per round and side; the first epoch of a run warms up and does not count. */
const EPOCHS = 4
const CONFIG = { dataset: 'flowers102', depth: 3, width: 512, norm: 'none', lr: 1e-4, epochs: EPOCHS, evaluate: 'none' } as const

type EpochSeconds = Record<'notebook' | 'service' | 'withSignal', number[]> & Record<'pytorch' | 'bare', Record<NormType, number[]>>

const flowers102 = process.env['FLOWERS102_ROOT']
if (!flowers102) {
  process.stderr.write('Set FLOWERS102_ROOT to the folder that holds flowers-102/jpg: the bench trains on the real images.\n')
  process.exit(2)
}

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const INPUTS = 3 * 128 * 128
const { engine, tf } = loadEngine(process.env)
const python = await pythonWithTorch()
say('Starting PyTorch and the service…')
const pytorch = await startPyTorch({ python, flowers102, threads: os.availableParallelism() })
const service = await startService()
const data = await mkdtemp(path.join(os.tmpdir(), 'trainyard-bench-'))
try {
  const { pixels, labels } = await loadSplit({ dataset: 'flowers102', split: 'train', imageSize: 128, folders: { data, flowers102 } })
  const trainImages = residentImages(tf, { pixels, labels, inputs: INPUTS })
  const perNorm = (): Record<NormType, number[]> => ({ none: [], batch: [], layer: [], group: [] })
  const epochs: EpochSeconds = { notebook: [], service: [], withSignal: [], pytorch: perNorm(), bare: perNorm() }
  await throughService() // decodes, and leaves the trainer warm
  for (let round = 1; round <= ROUNDS; round++) {
    say(`round ${round} of ${ROUNDS}`)
    for (const norm of NormType.options) {
      for (let epoch = 1; epoch < EPOCHS; epoch++) epochs.pytorch[norm].push(await pytorch.seconds(norm))
      epochs.bare[norm].push(...(await bareLoop(trainImages, { norm, recordLayers: false })))
    }
    epochs.withSignal.push(...(await bareLoop(trainImages, { norm: 'none', recordLayers: true })))
    epochs.service.push(...(await throughService()))
    epochs.notebook.push(await pytorch.seconds('notebook'))
  }
  const peakMiB = await trainerPeakMiB()
  pytorch.stop()
  say('decoding…')
  const decoding = await benchDecoding({ python, flowers102, imageSize: 128, rounds: ROUNDS })
  print({ epochs, decoding, peakMiB })
} finally {
  pytorch.stop()
  await stopAndRemove(service)
  await rm(data, { recursive: true, force: true })
}

async function bareLoop(trainImages: ResidentImages, { norm, recordLayers }: { norm: NormType; recordLayers: boolean }): Promise<number[]> {
  const ends: number[] = []
  const shape = norm === 'none' ? null : ({ type: norm, position: 'before', affine: true, groupSize: 32 } as const)
  await train(tf, {
    shape: { inputs: INPUTS, layerSizes: [512, 512, 512], classes: CLASSES, bias: true, norm: shape },
    recordLayers,
    trainImages,
    evalImages: null,
    batchSize: 64,
    epochs: EPOCHS,
    lr: CONFIG.lr,
    momentum: 0.9,
    seed: 0,
    callbacks: [{ onEpochEnd: () => void ends.push(performance.now()) }],
  })
  return gaps(ends)
}

async function throughService(): Promise<number[]> {
  const client = createClient({ baseUrl: service.url })
  const { id } = await client.submit(CONFIG)
  const ends: number[] = []
  for await (const { event } of client.watch(id)) if (event.type === 'epoch') ends.push(performance.now())
  const { state, error }: Experiment = await client.get(id)
  if (state !== 'completed') throw new Error(`The experiment ended as ${state}: ${error?.message}`)
  return gaps(ends)
}

/** Seconds between one epoch's end and the next. */
function gaps(endsMs: number[]): number[] {
  return endsMs.slice(1).map((end, i) => (end - (endsMs[i] ?? end)) / 1000)
}

/** Peak resident memory of the service's trainer, by the kernel's count. */
async function trainerPeakMiB(): Promise<number> {
  const worker = (await createClient({ baseUrl: service.url }).workers()).items[0]
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', `${worker?.pid}`])
  const status = await readFile(`/proc/${stdout.trim().split(/\s+/)[0]}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024
}

function print({ epochs, decoding, peakMiB }: { epochs: EpochSeconds; decoding: DecodingTimes; peakMiB: number }): void {
  const cell = (values: number[]): string =>
    `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} – ${Math.max(...values).toFixed(2)})`
  const ratio = (values: number[], base: number[]): string => (median(values) / median(base)).toFixed(2)
  const { notebook, pytorch: torch, bare, withSignal, service: served } = epochs
  const over = (values: number[], base: number[]): string => `${((median(values) / median(base) - 1) * 100).toFixed(1)} % over`
  const normRows = NormType.options.flatMap((norm) => [
    [`PyTorch, images preloaded, norm ${norm}`, cell(torch[norm]), '', ''],
    [`Trainyard, bare loop, norm ${norm}`, cell(bare[norm]), `${ratio(bare[norm], torch[norm])} × PyTorch preloaded`, '≤ 0.60'],
  ])
  const rows = [
    ["the notebook's own loop in PyTorch, decoding in every epoch", cell(notebook), '', ''],
    ...normRows,
    ['Trainyard, bare loop, norm none', cell(bare.none), `${ratio(bare.none, notebook)} × the notebook's loop`, '≤ 0.25'],
    ["the same with every layer's signal", cell(withSignal), `${over(withSignal, bare.none)} the bare loop`, '≤ 5 %'],
    ['the same with it, through the service', cell(served), `${over(served, withSignal)} the bare loop with it`, '≤ 2 %'],
    ['decode and resize the train split: torchvision', cell(decoding.torchvision), '', ''],
    [
      'decode and resize the train split: Trainyard',
      cell(decoding.ours),
      `${ratio(decoding.ours, decoding.torchvision)} × torchvision`,
      '≤ 1',
    ],
    ['the train split from the cache', cell(decoding.fromCache), '', '< 0.3 s'],
    ["the trainer's peak memory, the best model kept", `${Math.round((peakMiB * 2 ** 20) / 1e6)} MB`, '', ''],
  ]
  const header = ['an epoch of Flowers102 train, 3 × 512, batch 64', 'seconds: median (min – max)', 'ratio of medians', 'goal']
  const machine = `${machineLine()}; TensorFlow ${engine.version}, ${pytorch.version}; ${ROUNDS} rounds in alternation`
  process.stdout.write(`${markdownTable(header, rows)}\n\n${machine}\n`)
}
