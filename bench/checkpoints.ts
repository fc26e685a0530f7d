import { mkdtemp, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { CLASSES, type FirstLayer } from '@trainyard/contracts'
import { loadEngine, type Tensor } from '@trainyard/tensorflow'
import { gramMatrix, deviceImages, type DeviceImages, train } from '@trainyard/training'
import { createCheckpointSchedule } from '../apps/trainer/src/run/checkpoint-schedule.ts'
import { writeCheckpoint } from '../apps/trainer/src/files/write-checkpoint.ts'
import { machineLine } from './machine.ts'
import { markdownTable, median } from './table.ts'

const ROUNDS = Number(process.argv[2] ?? 5)
const DEFAULT_INTERVAL_SECONDS = 30
/** Of a run that is timed, with this many checkpoints in it or with none; each has epochs enough to be written while they go on. */
const EPOCHS = { direct: 16, dual: 40 }
const CHECKPOINTS = 4
const IMAGES = 1020
const INPUTS = 3 * 128 ** 2

const { engine, tf } = loadEngine(process.env)
const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Noise: what images show takes no other time. */
function noiseImages(): DeviceImages {
  const pixels = Uint8Array.from({ length: IMAGES * INPUTS }, (_, i) => (Math.imul(i + 1, 0x9e37_79b1) >>> 13) & 255)
  return deviceImages(tf, { pixels, labels: Uint8Array.from({ length: IMAGES }, (_, i) => i % CLASSES), inputs: INPUTS })
}

interface Timed {
  images: DeviceImages
  firstLayer: FirstLayer
  kernel: Tensor | null
  /** Checkpoints are written there; null: none are. */
  folder: string | null
}

/** Seconds from the end of the first epoch to that of the last, all checkpoints written. */
async function timed({ images, firstLayer, kernel, folder }: Timed): Promise<{ seconds: number; bytes: number }> {
  const epochs = EPOCHS[firstLayer]
  const every = epochs / CHECKPOINTS
  let written = ''
  const schedule = createCheckpointSchedule({
    everySeconds: 0,
    nowMs: () => performance.now(),
    write: async (state) => {
      const checkpoint = { folder: folder ?? '', runId: 'bench', configHash: 'bench', imagesHash: 'bench', best: null }
      const { recorded } = await writeCheckpoint(state, checkpoint)
      return { recorded: recorded.then(({ file }) => void (written = file)) }
    },
  })
  let startMs = 0
  await train(tf, {
    shape: { inputs: INPUTS, layerSizes: [512, 512, 512], classes: CLASSES, bias: true, norm: null },
    ...{ trainImages: images, evalImages: null, kernel, batchSize: 64, epochs: epochs + 1, lr: 1e-4, momentum: 0.9, seed: 0 },
    callbacks: [
      {
        onEpochEnd: async ({ epoch }, state) => {
          if (epoch === 1) startMs = performance.now()
          else if (folder !== null && (epoch - 1) % every === 1) await schedule.atEpochEnd(state, { now: false })
        },
      },
    ],
  })
  await schedule.settle()
  const seconds = (performance.now() - startMs) / 1000
  return { seconds, bytes: folder === null ? 0 : (await stat(path.join(folder, written))).size }
}

async function row(firstLayer: FirstLayer, { images, kernel, folder }: Omit<Timed, 'firstLayer'>): Promise<string[]> {
  const costs: number[] = []
  let bytes = 0
  for (let round = 1; round <= ROUNDS; round++) {
    say(`${firstLayer}: round ${round} of ${ROUNDS}`)
    const without = await timed({ images, firstLayer, kernel, folder: null })
    const withThem = await timed({ images, firstLayer, kernel, folder })
    costs.push((withThem.seconds - without.seconds) / CHECKPOINTS)
    bytes = withThem.bytes
  }
  const cost = median(costs)
  return [
    firstLayer,
    `${(bytes / 1e6).toFixed(1)} MB`,
    `${cost.toFixed(3)} (${Math.min(...costs).toFixed(3)} – ${Math.max(...costs).toFixed(3)})`,
    `${((100 * cost) / DEFAULT_INTERVAL_SECONDS).toFixed(2)} %`,
    '< 1 %',
  ]
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-bench-'))
try {
  const images = noiseImages()
  const products = await gramMatrix(tf, { rows: images, columns: images })
  const kernel = tf.doubles(
    products.map((product) => product / 255 ** 2),
    [images.count, images.count],
  )
  const rows = [await row('direct', { images, kernel: null, folder }), await row('dual', { images, kernel, folder })]
  const header = ['first layer', 'a checkpoint', 'costs the training, s: median (min – max)', `of ${DEFAULT_INTERVAL_SECONDS} s`, 'goal']
  process.stdout.write(
    `${markdownTable(header, rows)}\n\n${machineLine()}; TensorFlow ${engine.version}; ${ROUNDS} rounds in alternation\n`,
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}
