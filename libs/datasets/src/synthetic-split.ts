import { CLASSES, SPLIT_COUNTS, type SplitName } from '@trainyard/contracts'

/** Bumped when drawing gives other pixels, so that older cache files are made anew. */
export const SYNTHETIC_VERSION = 1

/** Every kind has equally many images, in the order of the kinds. */
export function labelOf({ split, index }: { split: SplitName; index: number }): number {
  return Math.floor((index * CLASSES) / SPLIT_COUNTS['synthetic-flowers'][split])
}

export function syntheticLabels(split: SplitName): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: SPLIT_COUNTS['synthetic-flowers'][split] }, (_, index) => labelOf({ split, index }))
}
