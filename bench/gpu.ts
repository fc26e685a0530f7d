import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { NormType } from '@trainyard/contracts'
import { loadSplit } from '@trainyard/datasets'
import { loadEngine } from '@trainyard/tensorflow'
import { gramMatrix, deviceImages } from '@trainyard/training'
import { bareLoop, INPUTS } from './bare-loop.ts'
import { pythonWithCuda } from './cuda-python.ts'
import { sampleBusy } from './gpu-busy.ts'
import { machineLine } from './machine.ts'
import { startPyTorch } from './pytorch.ts'
import { markdownTable, median } from './table.ts'

const ROUNDS = Number(process.argv[2] ?? 5)
/** Per round and side; an epoch takes some tens of milliseconds. */
const EPOCHS = 20
/** Of the run whose GPU is watched. */
const WATCHED_SECONDS = 15

const flowers102 = process.env['FLOWERS102_ROOT']
if (!flowers102) {
  process.stderr.write('Set FLOWERS102_ROOT to the folder that holds flowers-102/jpg: the bench trains on the real images.\n')
  process.exit(2)
}
const say = (text: string): void => void process.stderr.write(`${text}\n`)
const { engine, tf } = loadEngine(process.env)
if (!tf.onGpu) {
  process.stdout.write(`No GPU here: TensorFlow computes on the ${engine.device}; nothing was measured.\n`)
  process.exit(0)
}

type Seconds = Record<NormType, number[]>
const perNorm = (): Seconds => ({ none: [], batch: [], layer: [], group: [] })
const seconds = { eager: perNorm(), queued: perNorm(), direct: perNorm(), dual: perNorm() }

const found = await pythonWithCuda(process.env)
if (found.python === null) say(`Without PyTorch: ${found.reason}`)
const pytorch =
  found.python === null
    ? null
    : await startPyTorch({ python: found.python, flowers102, threads: os.availableParallelism(), device: 'cuda' })
const data = await mkdtemp(path.join(os.tmpdir(), 'trainyard-bench-'))
try {
  const { pixels, labels } = await loadSplit({ dataset: 'flowers102', split: 'train', imageSize: 128, folders: { data, flowers102 } })
  const images = deviceImages(tf, { pixels, labels, inputs: INPUTS })
  const products = await gramMatrix(tf, { rows: images, columns: images })
  const kernel = tf.doubles(
    products.map((product) => product / 255 ** 2),
    [images.count, images.count],
  )
  for (let round = 0; round <= ROUNDS; round++) {
    say(round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`)
    for (const norm of NormType.options) {
      const measured = {
        eager: pytorch ? await torchEpochs(norm) : [],
        queued: pytorch ? await torchEpochs(`queued ${norm}`) : [],
        direct: await bareLoop(tf, images, { norm, epochs: EPOCHS }),
        dual: await bareLoop(tf, images, { norm, kernel, epochs: EPOCHS }),
      }
      if (round > 0) for (const side of ['eager', 'queued', 'direct', 'dual'] as const) seconds[side][norm].push(...measured[side])
    }
  }
  say('watching the GPU')
  const epochs = Math.ceil(WATCHED_SECONDS / median(seconds.direct.none))
  const busy = await sampleBusy(() => bareLoop(tf, images, { norm: 'none', epochs }))
  print(busy)
} finally {
  pytorch?.stop()
  await rm(data, { recursive: true, force: true })
}

async function torchEpochs(work: NormType | `queued ${NormType}`): Promise<number[]> {
  const times: number[] = []
  for (let epoch = 0; epoch < EPOCHS; epoch++) times.push((await pytorch?.seconds(work)) ?? NaN)
  return times.slice(1)
}

function print(busy: number[]): void {
  const cell = (values: number[]): string =>
    values.length === 0
      ? 'not measured'
      : `${(median(values) * 1000).toFixed(1)} (${(Math.min(...values) * 1000).toFixed(1)} – ${(Math.max(...values) * 1000).toFixed(1)})`
  const over = (values: number[], base: number[]): string => (base.length === 0 ? '' : `${(median(values) / median(base)).toFixed(2)} ×`)
  const rows = NormType.options.flatMap((norm) => {
    const { eager, queued, direct, dual } = seconds
    return [
      [`PyTorch, norm ${norm}, a loss read at every step`, cell(eager[norm]), '', ''],
      [`PyTorch, norm ${norm}, losses read once an epoch`, cell(queued[norm]), '', ''],
      [`over the pixels, norm ${norm}`, cell(direct[norm]), over(direct[norm], queued[norm]), '≤ 1.0'],
      [`in the dual form, norm ${norm}`, cell(dual[norm]), over(dual[norm], queued[norm]), ''],
    ]
  })
  const mean = busy.reduce((sum, value) => sum + value, 0) / busy.length
  const share =
    busy.length > 0 ? `${mean.toFixed(0)} % (${Math.min(...busy)} – ${Math.max(...busy)}, ${busy.length} samples)` : 'not measured'
  const header = [
    'an epoch of Flowers102 train, 3 × 512, batch 64',
    'ms: median (min – max)',
    'of PyTorch, losses read once an epoch',
    'goal',
  ]
  const watched = [['the GPU computes, over the pixels, norm none', share, '', '> 80 %']]
  const machine = `${engine.device}; ${machineLine()}; TensorFlow ${engine.version}, ${pytorch?.version ?? 'without PyTorch'}; ${ROUNDS} rounds in alternation`
  process.stdout.write(`${markdownTable(header, [...rows, ...watched])}\n\n${machine}\n`)
}
