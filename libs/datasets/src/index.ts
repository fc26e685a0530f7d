export { CLASS_NAMES } from './class-names.ts'
export {
  DatasetCorruptError,
  DatasetMissingError,
  DiskFullError,
  DownloadFailedError,
  FolderNotWritableError,
  withWriteErrors,
} from './errors.ts'
export { fetchDataset, type FetchOptions, type Flowers102Source, PUBLISHED_FLOWERS102 } from './fetch-dataset.ts'
export type { DatasetFolders, DatasetProgress, ImageSplit, OnDatasetProgress, SplitKey } from './image-split.ts'
export { importDataset, type ImportOptions } from './import-dataset.ts'
export type { InstalledDataset } from './install-flowers102.ts'
export { type KernelSplits, loadKernel } from './kernel-cache.ts'
export { loadSplit, type LoadSplitOptions } from './load-split.ts'
export { readPhoto } from './photo-image.ts'
export { sampleGrid } from './sample-grid.ts'
export { heldSplits } from './split-cache.ts'
