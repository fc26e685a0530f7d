import { CLASSES, SPLIT_COUNTS, type SplitName } from '@trainyard/contracts'

/** Bumped when drawing gives other pixels, so that older cache files are made again. */
export const SYNTHETIC_VERSION = 1

const COUNTS = SPLIT_COUNTS['synthetic-flowers']

/** Every kind has equally many images, in the order of the kinds. */
export function syntheticLabels(split: SplitName): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: COUNTS[split] }, (_, index) => Math.floor((index * CLASSES) / COUNTS[split]))
}

/** Number of the split's first pose. Splits use different parts of one stream, so that no pose comes twice. */
export function firstPose(split: SplitName): number {
  return { train: 0, val: COUNTS.train, test: COUNTS.train + COUNTS.val }[split]
}
