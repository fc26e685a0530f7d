import { SPLIT_COUNTS, type SplitName } from '@trainyard/contracts'
import { randomStream } from '@trainyard/random'
import { DATASET_SEED, flowerKind, OUTLINE_STEPS, type Colour, type FlowerKind } from './flower-kind.ts'
import { labelOf } from './synthetic-split.ts'

/** What differs between images of one kind. Lengths are parts of the image's side. */
interface Pose {
  x: number
  y: number
  radius: number
  /** In turns. */
  rotation: number
  brightness: number
  /** The background's change of light from one side to the other, along x and y. */
  slope: readonly [number, number]
}

export interface DrawOptions {
  split: SplitName
  index: number
  imageSize: number
  /** (3, imageSize, imageSize): is filled. */
  pixels: Uint8Array
}

/** Draws one image of the synthetic dataset. Edges are antialiased by how much of a pixel lies inside, to first order. */
export function drawFlower({ split, index, imageSize, pixels }: DrawOptions): void {
  const kind = flowerKind(labelOf({ split, index }))
  const pose = drawPose(firstPart(split) + index)
  const plane = imageSize ** 2
  const colour = [0, 0, 0]
  for (let row = 0, pixel = 0; row < imageSize; row++) {
    for (let column = 0; column < imageSize; column++, pixel++) {
      shade({ kind, pose, imageSize, colour, x: (column + 0.5) / imageSize, y: (row + 0.5) / imageSize })
      for (let channel = 0; channel < 3; channel++) pixels[channel * plane + pixel] = Math.min(Math.round(colour[channel]! * 255), 255)
    }
  }
}

/** Splits use different numbers of one stream, so that no pose comes twice. */
function firstPart(split: SplitName): number {
  const { train, val } = SPLIT_COUNTS['synthetic-flowers']
  return { train: 0, val: train, test: train + val }[split]
}

function drawPose(part: number): Pose {
  const random = randomStream(DATASET_SEED, 'flowerImages', part)
  const between = (low: number, high: number) => low + (high - low) * random.uniform()
  return {
    x: between(0.42, 0.58),
    y: between(0.42, 0.58),
    radius: between(0.32, 0.46),
    rotation: random.uniform(),
    brightness: between(0.8, 1.15),
    slope: [between(-0.4, 0.4), between(-0.4, 0.4)],
  }
}

interface ShadeOptions {
  kind: FlowerKind
  pose: Pose
  imageSize: number
  /** Is filled. */
  colour: number[]
  x: number
  y: number
}

/** The colour of one point: background, back petals, front petals, centre, each laid over what is behind it. */
function shade({ kind, pose, imageSize, colour, x, y }: ShadeOptions): void {
  const light = pose.brightness * (1 + pose.slope[0] * (x - 0.5) + pose.slope[1] * (y - 0.5))
  const dx = (x - pose.x) / pose.radius
  const dy = (y - pose.y) / pose.radius
  const distance = Math.sqrt(dx * dx + dy * dy) // the petals' tips are at 1
  const pixelsPerUnit = pose.radius * imageSize
  for (let channel = 0; channel < 3; channel++) colour[channel] = kind.background[channel]! * light
  if (distance > 1 + 1 / pixelsPerUnit) return
  const turns = Math.atan2(dy, dx) / (2 * Math.PI) + pose.rotation + 1
  if (kind.isDouble) layPetals({ kind, colour, distance, turns: turns + 0.5 / kind.petals, pixelsPerUnit, light: light * 0.7 })
  layPetals({ kind, colour, distance: kind.isDouble ? distance / 0.8 : distance, turns, pixelsPerUnit, light })
  const inside = clamp(0.5 + (kind.centreRadius - distance) * pixelsPerUnit)
  blend(colour, kind.centre, { opacity: inside, light: light * (0.75 + 0.25 * clamp(distance / kind.centreRadius)) })
}

interface PetalOptions {
  kind: FlowerKind
  colour: number[]
  distance: number
  turns: number
  pixelsPerUnit: number
  light: number
}

function layPetals({ kind, colour, distance, turns, pixelsPerUnit, light }: PetalOptions): void {
  const step = Math.floor(turns * OUTLINE_STEPS)
  const edge = kind.outline[step % OUTLINE_STEPS]!
  const rise = ((kind.outline[(step + 1) % OUTLINE_STEPS]! - edge) * OUTLINE_STEPS) / (2 * Math.PI) // d edge / d angle
  // Distance to the edge of r = edge(angle) to first order: the difference over the length of its gradient.
  const gradient = Math.sqrt(1 + (rise / Math.max(distance, 0.05)) ** 2)
  const opacity = clamp(0.5 + ((edge - distance) / gradient) * pixelsPerUnit)
  if (opacity === 0) return
  const along = clamp(distance / edge)
  const fold = Math.abs(Math.cos(turns * kind.petals * Math.PI)) // 1 along a petal's middle, 0 where two petals meet
  const petalLight = light * (0.55 + 0.45 * Math.min(fold * 3, 1))
  for (let channel = 0; channel < 3; channel++) {
    const petal = kind.petalBase[channel]! + (kind.petalTip[channel]! - kind.petalBase[channel]!) * along
    colour[channel]! += (petal * petalLight - colour[channel]!) * opacity
  }
}

function blend(colour: number[], over: Colour, { opacity, light }: { opacity: number; light: number }): void {
  for (let channel = 0; channel < 3; channel++) colour[channel]! += (over[channel]! * light - colour[channel]!) * opacity
}

function clamp(value: number): number {
  return Math.min(Math.max(value, 0), 1)
}
