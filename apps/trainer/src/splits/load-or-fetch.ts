import { DatasetMissingError, fetchDataset, type ImageSplit, loadSplit, type LoadSplitOptions } from '@trainyard/datasets'
import type { TrainerFolders } from '../environment.ts'

/** A split's images; where Flowers102 is not on this host, it is downloaded first, once for all its processes. */
export async function loadOrFetch(options: Omit<LoadSplitOptions, 'folders'>, folders: TrainerFolders): Promise<ImageSplit> {
  try {
    return await loadSplit({ ...options, folders })
  } catch (error) {
    const ours = options.dataset === 'flowers102' && folders.flowers102 === null
    if (!ours || !(error instanceof DatasetMissingError)) throw error
  }
  const { onProgress, signal } = options
  await fetchDataset({ dataFolder: folders.data, source: folders.source, ...(onProgress && { onProgress }), ...(signal && { signal }) })
  return loadSplit({ ...options, folders })
}
