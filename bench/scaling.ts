import { CLASSES } from '@trainyard/contracts'
import { estimatedSeconds, type TrainingSizes } from '@trainyard/planning'
import { loadEngine, type Tensor } from '@trainyard/tensorflow'
import { gramMatrix, measureSpeed, deviceImages, type DeviceImages, materializeModel, train } from '@trainyard/training'
import { machineLine } from './machine.ts'
import { markdownTable, median } from './table.ts'

const ROUNDS = Number(process.argv[2] ?? 3)
/** Per round and way; the first epoch warms up and does not count. */
const EPOCHS = 4
const HIDDEN_LAYERS = 3
const BATCH_SIZE = 64
const FULL_RUN = 30

/** One row of the table: square images, and hidden layers of one width. */
interface Case {
  images: number
  imageSize: number
  width: number
}

const CASES: Case[] = [
  ...[32, 64, 128, 256].map((imageSize) => ({ images: 250, imageSize, width: 512 })),
  ...[40, 48, 64, 128, 256].map((imageSize) => ({ images: 1020, imageSize, width: 512 })),
  ...[48, 64, 128, 256].map((imageSize) => ({ images: 2040, imageSize, width: 512 })),
  ...[64, 128, 2048].map((width) => ({ images: 1020, imageSize: 128, width })),
  ...[64, 2048].map((width) => ({ images: 1020, imageSize: 40, width })),
]

const { engine, tf } = loadEngine(process.env)
process.stderr.write("this machine's speed…\n")
const speed = await measureSpeed(tf)
/** Where both ways are about level, and a wrong estimate would choose the wrong one. */
const nearlyLevel: { what: string; error: number }[] = []
const secondsSince = (startMs: number): number => (performance.now() - startMs) / 1000

const sizesOf = ({ images, imageSize, width }: Case): TrainingSizes => ({
  ...{ images, evalImages: 0, inputs: 3 * imageSize ** 2, batchSize: BATCH_SIZE },
  units: [...Array.from({ length: HIDDEN_LAYERS }, () => width), CLASSES],
})

/** Noise: what images show takes no other time. */
function noiseImages({ images, inputs }: TrainingSizes): DeviceImages {
  const pixels = Uint8Array.from({ length: images * inputs }, (_, i) => (Math.imul(i + 1, 0x9e37_79b1) >>> 13) & 255)
  return deviceImages(tf, { pixels, labels: Uint8Array.from({ length: images }, (_, i) => i % CLASSES), inputs })
}

/** Seconds of an epoch, before the first one, and for the model at the end. */
interface Seconds {
  epoch: number[]
  setUp: number[]
  model: number[]
}

const noSeconds = (): Seconds => ({ epoch: [], setUp: [], model: [] })

/** One run over pixels and one in the dual form, round by round. */
async function measure(sizes: TrainingSizes): Promise<{ direct: Seconds; dual: Seconds }> {
  const images = noiseImages(sizes)
  const [direct, dual] = [noSeconds(), noSeconds()]
  for (let round = 0; round < ROUNDS; round++) {
    await run({ sizes, images, kernel: null, into: direct })
    const startMs = performance.now()
    const products = await gramMatrix(tf, { rows: images, columns: images })
    const kernel = tf.doubles(
      products.map((product) => product / 255 ** 2),
      [images.count, images.count],
    )
    const kernelSeconds = secondsSince(startMs)
    await run({ sizes, images, kernel, into: dual })
    dual.setUp.push(kernelSeconds + (dual.setUp.pop() ?? NaN))
    tf.dispose(kernel)
  }
  images.dispose()
  return { direct, dual }
}

interface Run {
  sizes: TrainingSizes
  images: DeviceImages
  /** null: over the pixels. */
  kernel: Tensor | null
  into: Seconds
}

async function run({ sizes, images, kernel, into }: Run): Promise<void> {
  const startMs = performance.now()
  let setUp = 0
  await train(tf, {
    shape: { inputs: sizes.inputs, layerSizes: sizes.units.slice(0, -1), classes: CLASSES, bias: true, norm: null },
    ...{ trainImages: images, evalImages: null, kernel, batchSize: BATCH_SIZE, epochs: EPOCHS, lr: 1e-4, momentum: 0.9, seed: 0 },
    callbacks: [
      {
        onPrepare: () => void (setUp = secondsSince(startMs)),
        onEpochEnd: async ({ epoch, seconds }, state) => {
          if (epoch > 1) into.epoch.push(seconds)
          if (epoch < EPOCHS || !kernel) return
          const endMs = performance.now()
          await materializeModel(tf, state.read(), { images })
          into.model.push(secondsSince(endMs))
        },
      },
    ],
  })
  into.setUp.push(setUp)
}

/** After how many epochs the dual form has paid for its set-up and its model. */
const crossover = (direct: number, dual: { epoch: number; setUp: number; model: number }): number =>
  (dual.setUp + dual.model) / (direct - dual.epoch)

const seconds = (value: number): string => value.toFixed(value < 1 ? 3 : 2)
const epochs = (value: number): string => (value < 0 || value > 10_000 ? 'never' : value.toFixed(1))

async function row(each: Case): Promise<string[]> {
  process.stderr.write(`${each.images} images of ${each.imageSize} px, width ${each.width}…\n`)
  const sizes = sizesOf(each)
  const { direct, dual } = await measure(sizes)
  const ours = { epoch: median(dual.epoch), setUp: median(dual.setUp), model: median(dual.model) }
  const epoch = median(direct.epoch)
  const { direct: expectedDirect, dual: expected } = estimatedSeconds(sizes, speed)
  const total = ({ setUp, model, epoch: each30 }: typeof ours): number => setUp + model + FULL_RUN * each30
  const [ratio, expectedRatio] = [total(ours) / (FULL_RUN * epoch), total(expected) / total(expectedDirect)]
  if (ratio > 0.5 && ratio < 2)
    nearlyLevel.push({ what: `${each.images} images of ${each.imageSize} px, width ${each.width}`, error: expectedRatio / ratio - 1 })
  return [
    `${each.images}`,
    `${each.imageSize} px`,
    `${each.width}`,
    ...[epoch, ours.epoch, ours.setUp, ours.model].map(seconds),
    `${(ours.epoch / epoch).toFixed(2)} (${(expected.epoch / expectedDirect.epoch).toFixed(2)})`,
    `${epochs(crossover(epoch, ours))} (${epochs(crossover(expectedDirect.epoch, expected))})`,
    `${ratio.toFixed(2)} (${expectedRatio.toFixed(2)})`,
  ]
}

const rows: string[][] = []
for (const each of CASES) rows.push(await row(each))
const header = [
  ...['images', 'size', 'width', 'direct epoch, s', 'dual epoch, s', 'set-up, s', 'model, s'],
  ...['epoch: dual / direct (predicted)', 'pays after epochs (predicted)', `${FULL_RUN} epochs: dual / direct (predicted)`],
]
const [worst] = nearlyLevel.toSorted((a, b) => Math.abs(b.error) - Math.abs(a.error))
const furthest = worst
  ? `\n\nWhere both are within a factor of two, the estimate is furthest off by ${(100 * worst.error).toFixed(0)} %: ${worst.what}.`
  : ''
const how = `batches of ${BATCH_SIZE}, ${HIDDEN_LAYERS} hidden layers, no evaluation; medians of ${ROUNDS} rounds in alternation`
process.stdout.write(`${markdownTable(header, rows)}${furthest}\n\n${machineLine()}; TensorFlow ${engine.version}; ${how}\n`)
