import type { DatasetFolders, ImageSplit, OnDatasetProgress, SplitKey } from './image-split.ts'

export interface LoadSplitOptions extends SplitKey {
  folders: DatasetFolders
  onProgress?: OnDatasetProgress
  onWarning?: (message: string) => void
  signal?: AbortSignal
}

/** The images of a split: from its verified cache file, or else decoded (generated) in parallel and cached. */
export async function loadSplit(options: LoadSplitOptions): Promise<ImageSplit> {
  options.signal?.throwIfAborted()
  throw new Error('being written')
}
