export { CLASS_NAMES } from './class-names.ts'
export {
  DatasetCorruptError,
  DatasetMissingError,
  DiskFullError,
  DownloadFailedError,
  FolderNotWritableError,
  withWriteErrors,
} from './errors.ts'
export { fetchDataset, type FetchOptions, type Flowers102Source, PUBLISHED_FLOWERS102 } from './flowers102/fetch-dataset.ts'
export type { DatasetFolders, DatasetProgress, ImageSplit, OnDatasetProgress, SplitKey } from './image-split.ts'
export { importDataset, type ImportOptions } from './flowers102/import-dataset.ts'
export type { InstalledDataset } from './flowers102/install-flowers102.ts'
export { type KernelSplits, loadKernel } from './cache/kernel-cache.ts'
export { loadSplit, type LoadSplitOptions } from './cache/load-split.ts'
export { readPhoto } from './images/photo-image.ts'
export { sampleGrid } from './cache/sample-grid.ts'
export { cachedSplits } from './cache/split-cache.ts'
