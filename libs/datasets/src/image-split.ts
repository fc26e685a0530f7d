import type { CLASSES, DatasetName, SplitName } from '@trainyard/contracts'

/** Which images: a split of a dataset at one size. */
export interface SplitKey {
  dataset: DatasetName
  split: SplitName
  /** Pixels per side. */
  imageSize: number
}

/** A whole split, decoded. */
export interface ImageSplit extends SplitKey {
  count: number
  classes: typeof CLASSES
  /** (count, 3, imageSize, imageSize): red, green and blue planes of each image, row by row. */
  pixels: Uint8Array<ArrayBuffer>
  /** (count): the kind of each image, from 0. */
  labels: Uint8Array<ArrayBuffer>
  /** Of `pixels`. */
  sha256: string
}

/** Where things lie. */
export interface DatasetFolders {
  /** Ours: downloads and caches. */
  data: string
  /** The operator's own copy (it holds flowers-102/), or null for the one in `data`. */
  flowers102: string | null
}

/** The detail of a progress that is another process's. */
export const WAITING = 'waiting for another process'

export interface DatasetProgress {
  phase: 'download' | 'decode'
  /** 0 … 1 of the phase. */
  fraction: number
  detail: string
}
export type OnDatasetProgress = (progress: DatasetProgress) => void
