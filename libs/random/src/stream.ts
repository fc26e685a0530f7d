import { philox4x32 } from './philox.ts'

/** What a stream's numbers are for; two purposes never share numbers. The values are part of what a seed means: never renumber. */
export const STREAMS = { weights: 1, order: 2, flowerKinds: 3, flowerImages: 4, probeInputs: 5, sweepTrials: 6, samples: 7 } as const
export type StreamName = keyof typeof STREAMS

export interface RandomStream {
  /** The next 32 random bits, as an unsigned integer. */
  uint32(): number
  /** The next number, uniform in [0, 1), a multiple of 2⁻³². */
  uniform(): number
  /** The next integer, uniform in 0 … bound − 1, without bias; `bound` ≤ 2³². */
  below(bound: number): number
}

/** The numbers of one purpose under a seed; `part` separates epochs, images or layers. Always starts at its first number. */
export function randomStream(seed: number, name: StreamName, part = 0): RandomStream {
  let block = 0
  let words: number[] = []
  const uint32 = (): number => {
    if (words.length === 0) words = philox4x32([block++, 0, part, 0], [seed, STREAMS[name]]).toReversed()
    return words.pop() ?? 0
  }
  return {
    uint32,
    uniform: () => uint32() / 2 ** 32,
    below: (bound) => {
      const limit = 2 ** 32 - (2 ** 32 % bound) // words at or above it would favour small results
      let word = uint32()
      while (word >= limit) word = uint32()
      return word % bound
    },
  }
}

/** A random order of 0 … count − 1 (Fisher–Yates; Durstenfeld 1964). */
export function permutation(count: number, random: RandomStream): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const swapped = order[i] ?? 0
    order[i] = order[j] ?? 0
    order[j] = swapped
  }
  return order
}
