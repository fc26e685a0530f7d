export { CLASS_NAMES } from './class-names.ts'
export type { DatasetFolders, DatasetProgress, ImageSplit, OnDatasetProgress, SplitKey } from './image-split.ts'
export { loadSplit, type LoadSplitOptions } from './load-split.ts'
export { heldSplits } from './split-cache.ts'
