import { randomStream } from '@trainyard/random'

/** All synthetic images follow from this seed: they are a dataset, the same for every experiment. */
export const DATASET_SEED = 102

/** Angles per turn at which the petals' outline is tabulated. */
export const OUTLINE_STEPS = 2048

/** Red, green, blue: 0 … 1. */
export type Colour = readonly [number, number, number]

const PETALS = [3, 4, 5, 6, 7, 8, 12]

/** What all images of one kind of flower share. */
export interface FlowerKind {
  petals: number
  /** Distance of the petals' edge from the centre, by angle (OUTLINE_STEPS); the tips are at 1. */
  outline: Float64Array
  /** A second ring of petals behind the first, turned by half a petal. */
  isDouble: boolean
  petalBase: Colour
  petalTip: Colour
  centreRadius: number
  centre: Colour
  background: Colour
}

/** Draws the traits of one kind. Hue and petals come from the label, so that no two kinds are alike in both; the rest is random. */
export function flowerKind(label: number): FlowerKind {
  const random = randomStream(DATASET_SEED, 'flowerKinds', label)
  const between = (low: number, high: number) => low + (high - low) * random.uniform()
  const petals = PETALS[label % PETALS.length] ?? 5
  const hue = (label * 0.618_034 + between(0, 0.03)) % 1 // the golden ratio spreads neighbours over the circle
  const depth = between(0.15, 0.55)
  const roundness = between(0.5, 2)
  const lightness = between(0.35, 0.75)
  const isPale = random.uniform() < 0.2
  const saturation = isPale ? 0.15 : between(0.6, 1)
  return {
    petals,
    outline: petalOutline({ petals, depth, roundness }),
    isDouble: random.uniform() < 0.4,
    petalTip: fromHsl(hue, saturation, isPale ? 0.9 : lightness),
    petalBase: fromHsl((hue + between(-0.12, 0.12) + 1) % 1, saturation, lightness * between(0.4, 0.9)),
    centreRadius: between(0.14, 0.34),
    centre: fromHsl(between(0.05, 0.18), between(0.5, 1), between(0.15, 0.65)),
    background: fromHsl(between(0.18, 0.62), between(0.1, 0.6), between(0.08, 0.5)),
  }
}

/** Tips are at 1; between two petals the edge falls back by a little more than `depth`, the later the rounder the petals are. */
function petalOutline({ petals, depth, roundness }: { petals: number; depth: number; roundness: number }): Float64Array {
  return Float64Array.from({ length: OUTLINE_STEPS }, (_, step) => {
    const fromTip = Math.abs(Math.sin((step / OUTLINE_STEPS) * petals * Math.PI)) // 0 at a tip, 1 between two
    return 1 - (depth + 0.15) * fromTip ** (2 * roundness)
  })
}

/** CSS Color Module Level 4, section 7.1. */
function fromHsl(hue: number, saturation: number, lightness: number): Colour {
  const channel = (n: number) => {
    const k = (n + hue * 12) % 12
    return lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1))
  }
  return [channel(0), channel(8), channel(4)]
}
