import { randomStream } from '@trainyard/random'
import { type Colour, DATASET_SEED, type FlowerKind, flowerKind, OUTLINE_STEPS } from './flower-kind.ts'

/** What differs between images of one kind. Lengths are parts of the image's side. */
interface Pose {
  x: number
  y: number
  radius: number
  /** In turns. */
  rotation: number
  brightness: number
  /** The change of light from one side of the image to the other. */
  slopeX: number
  slopeY: number
}

/**
 * Makes the function that draws one image of the synthetic dataset into (3, imageSize, imageSize). Edges are antialiased by how much of a
 * pixel lies inside, to first order.
 */
export function createFlowerPainter({ labels, firstPose, imageSize }: { labels: Uint8Array; firstPose: number; imageSize: number }) {
  const kinds = new Map<number, FlowerKind>()
  const plane = imageSize ** 2
  return (index: number, pixels: Uint8Array): void => {
    const label = labels[index] ?? 0
    const kind = kinds.get(label) ?? flowerKind(label)
    kinds.set(label, kind)
    const shade = createShader({ kind, pose: drawPose(firstPose + index), imageSize })
    for (let row = 0, pixel = 0; row < imageSize; row++) {
      for (let column = 0; column < imageSize; column++, pixel++) {
        const colour = shade((column + 0.5) / imageSize, (row + 0.5) / imageSize)
        for (let channel = 0; channel < 3; channel++) pixels[channel * plane + pixel] = Math.min(Math.round(colour[channel]! * 255), 255)
      }
    }
  }
}

function drawPose(number: number): Pose {
  const random = randomStream(DATASET_SEED, 'flowerImages', number)
  const between = (low: number, high: number) => low + (high - low) * random.uniform()
  return {
    x: between(0.42, 0.58),
    y: between(0.42, 0.58),
    radius: between(0.32, 0.46),
    rotation: random.uniform(),
    brightness: between(0.8, 1.15),
    slopeX: between(-0.4, 0.4),
    slopeY: between(-0.4, 0.4),
  }
}

/** Makes the function that gives the colour of a point: background, back petals, front petals, centre, each over what is behind it. */
function createShader({ kind, pose, imageSize }: { kind: FlowerKind; pose: Pose; imageSize: number }) {
  const colour = new Float64Array(3)
  const pixelsPerUnit = pose.radius * imageSize
  const layPetals = createPetals({ kind, colour, pixelsPerUnit })
  const halfPetal = 0.5 / kind.petals
  return (x: number, y: number): Float64Array => {
    const light = pose.brightness * (1 + pose.slopeX * (x - 0.5) + pose.slopeY * (y - 0.5))
    for (let channel = 0; channel < 3; channel++) colour[channel] = kind.background[channel]! * light
    const dx = (x - pose.x) / pose.radius
    const dy = (y - pose.y) / pose.radius
    const distance = Math.sqrt(dx * dx + dy * dy) // the petals' tips are at 1
    if (distance > 1 + 1 / pixelsPerUnit) return colour
    const turns = Math.atan2(dy, dx) / (2 * Math.PI) + pose.rotation + 1
    if (kind.isDouble) layPetals({ distance, turns: turns + halfPetal, light: light * 0.7 })
    layPetals({ distance: kind.isDouble ? distance / 0.8 : distance, turns, light })
    const inside = clamp(0.5 + (kind.centreRadius - distance) * pixelsPerUnit)
    if (inside > 0)
      blend({ colour, over: kind.centre, opacity: inside, light: light * (0.75 + 0.25 * clamp(distance / kind.centreRadius)) })
    return colour
  }
}

/** Makes the function that lays a ring of petals over a point. */
function createPetals({ kind, colour, pixelsPerUnit }: { kind: FlowerKind; colour: Float64Array; pixelsPerUnit: number }) {
  const { outline, petalBase, petalTip, petals } = kind
  return ({ distance, turns, light }: { distance: number; turns: number; light: number }): void => {
    const step = Math.floor(turns * OUTLINE_STEPS)
    const edge = outline[step % OUTLINE_STEPS]!
    const rise = ((outline[(step + 1) % OUTLINE_STEPS]! - edge) * OUTLINE_STEPS) / (2 * Math.PI) // d edge / d angle
    // Distance to the edge of r = edge(angle) to first order: the difference over the length of its gradient.
    const slope = rise / Math.max(distance, 0.05)
    const opacity = clamp(0.5 + ((edge - distance) / Math.sqrt(1 + slope * slope)) * pixelsPerUnit)
    if (opacity === 0) return
    const along = Math.min(distance / edge, 1)
    const fold = Math.abs(Math.cos(turns * petals * Math.PI)) // 1 along a petal's middle, 0 where two petals meet
    const petalLight = light * (0.55 + 0.45 * Math.min(fold * 3, 1))
    for (let channel = 0; channel < 3; channel++) {
      const petal = petalBase[channel]! + (petalTip[channel]! - petalBase[channel]!) * along
      colour[channel]! += (petal * petalLight - colour[channel]!) * opacity
    }
  }
}

interface BlendOptions {
  colour: Float64Array
  over: Colour
  opacity: number
  light: number
}

function blend({ colour, over, opacity, light }: BlendOptions): void {
  for (let channel = 0; channel < 3; channel++) colour[channel]! += (over[channel]! * light - colour[channel]!) * opacity
}

function clamp(value: number): number {
  return Math.min(Math.max(value, 0), 1)
}
