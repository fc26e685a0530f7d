import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@trainyard/client'
import { type Experiment, type FirstLayer, NormType } from '@trainyard/contracts'
import { loadSplit } from '@trainyard/datasets'
import { loadEngine, type Tensor } from '@trainyard/tensorflow'
import { gramMatrix, deviceImages, type DeviceImages, materializeModel } from '@trainyard/training'
import { pythonWithTorch } from '@trainyard/testing/python/python-with-torch'
import { startService, stopAndRemove } from '@trainyard/testing/services/service'
import { bareLoop, gaps, INPUTS, LR } from './bare-loop.ts'
import { benchDecoding, type DecodingTimes } from './decoding.ts'
import { machineLine } from './machine.ts'
import { startPyTorch } from './pytorch.ts'
import { markdownTable, median } from './table.ts'

const ROUNDS = Number(process.argv[2] ?? 5)
/** Per round and side; the first epoch of a run warms up and does not count. */
const EPOCHS = 4
const CONFIG = { dataset: 'flowers102', depth: 3, width: 512, norm: 'none', lr: LR, evaluate: 'none' } as const

/** Of a run that is measured as a whole. */
const WHOLE_RUN = 30

type EpochSeconds = Record<'notebook' | 'service' | 'withSignal' | 'dualService', number[]> &
  Record<'pytorch' | 'direct' | 'dual', Record<NormType, number[]>>

/** A run of WHOLE_RUN epochs without norm, in seconds: PyTorch's, ours, and what of ours is no epoch. */
type WholeRun = Record<'pytorch' | 'ours' | 'kernel' | 'prepare' | 'model', number[]>

const flowers102 = process.env['FLOWERS102_ROOT']
if (!flowers102) {
  process.stderr.write('Set FLOWERS102_ROOT to the folder that holds flowers-102/jpg: the bench trains on the real images.\n')
  process.exit(2)
}

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const { engine, tf } = loadEngine(process.env)
const python = await pythonWithTorch()
say('Starting PyTorch and the service…')
const pytorch = await startPyTorch({ python, flowers102, threads: os.availableParallelism() })
const service = await startService()
const data = await mkdtemp(path.join(os.tmpdir(), 'trainyard-bench-'))
try {
  const { pixels, labels } = await loadSplit({ dataset: 'flowers102', split: 'train', imageSize: 128, folders: { data, flowers102 } })
  const trainImages = deviceImages(tf, { pixels, labels, inputs: INPUTS })
  const perNorm = (): Record<NormType, number[]> => ({ none: [], batch: [], layer: [], group: [] })
  const epochs: EpochSeconds = {
    ...{ notebook: [], service: [], withSignal: [], dualService: [] },
    ...{ pytorch: perNorm(), direct: perNorm(), dual: perNorm() },
  }
  const whole: WholeRun = { pytorch: [], ours: [], kernel: [], prepare: [], model: [] }
  const kernel = await makeKernel(trainImages, whole)
  await throughService('dual', EPOCHS) // decodes, and leaves the trainer warm
  const samplePeakMiB = await trainerPeakMiB()
  for (let round = 1; round <= ROUNDS; round++) {
    say(`round ${round} of ${ROUNDS}`)
    for (const norm of NormType.options) {
      for (let epoch = 1; epoch < EPOCHS; epoch++) epochs.pytorch[norm].push(await pytorch.seconds(norm))
      epochs.dual[norm].push(...(await bareLoop(tf, trainImages, { norm, kernel, epochs: EPOCHS })))
      epochs.direct[norm].push(...(await bareLoop(tf, trainImages, { norm, epochs: EPOCHS })))
    }
    epochs.withSignal.push(...(await bareLoop(tf, trainImages, { norm: 'none', recordLayers: true, epochs: EPOCHS })))
    epochs.service.push(...(await throughService('direct', EPOCHS)))
    epochs.dualService.push(...(await throughService('dual', 4 * EPOCHS)))
    epochs.notebook.push(await pytorch.seconds('notebook'))
    let seconds = 0
    for (let epoch = 1; epoch <= WHOLE_RUN; epoch++) seconds += await pytorch.seconds('none')
    whole.pytorch.push(seconds)
    await wholeRun(trainImages, whole)
  }
  const peakMiB = await trainerPeakMiB()
  pytorch.stop()
  say('decoding…')
  const decoding = await benchDecoding({ python, flowers102, imageSize: 128, rounds: ROUNDS })
  print({ epochs, whole, decoding, peakMiB, samplePeakMiB })
} finally {
  pytorch.stop()
  await stopAndRemove(service)
  await rm(data, { recursive: true, force: true })
}

async function makeKernel(images: DeviceImages, { kernel }: WholeRun): Promise<Tensor> {
  const startMs = performance.now()
  const products = await gramMatrix(tf, { rows: images, columns: images })
  const scaled = products.map((product) => product / 255 ** 2)
  kernel.push((performance.now() - startMs) / 1000)
  return tf.doubles(scaled, [images.count, images.count])
}

/** From nothing but the images to the model that is kept. */
async function wholeRun(images: DeviceImages, whole: WholeRun): Promise<void> {
  const startMs = performance.now()
  const kernel = await makeKernel(images, whole)
  const preparedFromMs = performance.now()
  await bareLoop(tf, images, {
    ...{ norm: 'none', kernel, epochs: WHOLE_RUN },
    callbacks: {
      onPrepare: ({ fraction }) => void (fraction === 1 && whole.prepare.push((performance.now() - preparedFromMs) / 1000)),
      onEpochEnd: async ({ epoch }, state) => {
        if (epoch < WHOLE_RUN) return
        const endMs = performance.now()
        await materializeModel(tf, state.read(), { images })
        whole.model.push((performance.now() - endMs) / 1000)
      },
    },
  })
  whole.ours.push((performance.now() - startMs) / 1000)
  tf.dispose(kernel)
}

async function throughService(firstLayer: FirstLayer, runEpochs: number): Promise<number[]> {
  const client = createClient({ baseUrl: service.url })
  const { id } = await client.experiments.submit({ ...CONFIG, firstLayer, epochs: runEpochs })
  const ends: number[] = []
  for await (const { event } of client.experiments.events(id)) if (event.type === 'epoch') ends.push(performance.now())
  const { state, error }: Experiment = await client.experiments.get(id)
  if (state !== 'completed') throw new Error(`The experiment ended as ${state}: ${error?.message}`)
  return gaps(ends)
}

/** Peak resident memory of the service's trainer, by the kernel's count. */
async function trainerPeakMiB(): Promise<number> {
  const worker = (await createClient({ baseUrl: service.url }).workers.list()).items[0]
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', `${worker?.pid}`])
  const status = await readFile(`/proc/${stdout.trim().split(/\s+/)[0]}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024
}

interface Results {
  epochs: EpochSeconds
  whole: WholeRun
  decoding: DecodingTimes
  peakMiB: number
  samplePeakMiB: number
}

function print({ epochs, whole, decoding, peakMiB, samplePeakMiB }: Results): void {
  const cell = (values: number[]): string =>
    `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} – ${Math.max(...values).toFixed(2)})`
  const ratio = (values: number[], base: number[]): string => (median(values) / median(base)).toFixed(2)
  const precise = (values: number[], base: number[]): string => (median(values) / median(base)).toFixed(3)
  const { notebook, pytorch: torch, direct, dual, withSignal, service: served, dualService } = epochs
  const over = (values: number[], base: number[]): string => `${((median(values) / median(base) - 1) * 100).toFixed(1)} % over`
  const megabytes = (mebibytes: number): string => `${Math.round((mebibytes * 2 ** 20) / 1e6)} MB`
  const normRows = NormType.options.flatMap((norm) => [
    [`PyTorch, images preloaded, norm ${norm}`, cell(torch[norm]), '', ''],
    [`in the dual form, norm ${norm}`, cell(dual[norm]), `${precise(dual[norm], torch[norm])} × PyTorch preloaded`, '≤ 0.15'],
    [`over the pixels, norm ${norm}`, cell(direct[norm]), `${ratio(direct[norm], torch[norm])} × PyTorch preloaded`, '≤ 0.60'],
  ])
  const rows = [
    ["the notebook's own loop in PyTorch, decoding in every epoch", cell(notebook), '', ''],
    ['in the dual form, norm none', cell(dual.none), `${precise(dual.none, notebook)} × the notebook's loop`, '≤ 0.05'],
    ['over the pixels, norm none', cell(direct.none), `${ratio(direct.none, notebook)} × the notebook's loop`, '≤ 0.25'],
    ...normRows,
    [
      'in the dual form, with signal, through the service',
      cell(dualService),
      `${precise(dualService, torch.none)} × PyTorch preloaded`,
      '≤ 0.15',
    ],
    ["over the pixels, with every layer's signal", cell(withSignal), `${over(withSignal, direct.none)} that without it`, '≤ 5 %'],
    ['the same with it, through the service', cell(served), `${over(served, withSignal)} the bare loop with it`, '≤ 2 %'],
  ]
  const once = [
    ['X · Xᵀ, once per dataset and size', cell(whole.kernel), '', ''],
    ['X · W₀, once per run', cell(whole.prepare), '', ''],
    ["the first layer's weight for the model, once per run", cell(whole.model), '', ''],
    [`${WHOLE_RUN} epochs, PyTorch, images preloaded`, cell(whole.pytorch), '', ''],
    [
      `${WHOLE_RUN} epochs with all of these, in the dual form`,
      cell(whole.ours),
      `${precise(whole.ours, whole.pytorch)} × PyTorch preloaded`,
      '',
    ],
    ['decode and resize the train split: torchvision', cell(decoding.torchvision), '', ''],
    [
      'decode and resize the train split: Trainyard',
      cell(decoding.ours),
      `${ratio(decoding.ours, decoding.torchvision)} × torchvision`,
      '≤ 1',
    ],
    ['the train split from the cache', cell(decoding.fromCache), '', '< 0.3 s'],
    ["the trainer's peak memory in the dual form, the best model kept", megabytes(samplePeakMiB), '', '< 1500 MB'],
    ['the same after runs over the pixels, too', megabytes(peakMiB), '', ''],
  ]
  const header = ['an epoch of Flowers102 train, 3 × 512, batch 64', 'seconds: median (min – max)', 'ratio of medians', 'goal']
  const machine = `${machineLine()}; TensorFlow ${engine.version}, ${pytorch.version}; ${ROUNDS} rounds in alternation`
  const tables = [markdownTable(header, rows), markdownTable(['beside the epochs', ...header.slice(1)], once)]
  process.stdout.write(`${tables.join('\n\n')}\n\n${machine}\n`)
}
