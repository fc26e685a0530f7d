import { isDeepStrictEqual } from 'node:util'
import { type ExperimentConfig, evaluatedSplit, type CachedSplit, type SplitName } from '@trainyard/contracts'
import { cachedSplits, type ImageSplit, type LoadSplitOptions } from '@trainyard/datasets'
import type { Runtime } from '@trainyard/tensorflow'
import { deviceImages, type DeviceImages } from '@trainyard/training'
import type { TrainerFolders } from '../environment.ts'
import { loadOrFetch } from './load-or-fetch.ts'
import { prepareSplit } from './prepare-split.ts'

/** Bytes of pixels cached on the device between experiments; the least recently used split is evicted first. */
const MAX_CACHED_BYTES = 256 * 2 ** 20

export interface DeviceSplit {
  images: DeviceImages
  sha256: string
  key: CachedSplit
}

export interface LoadedSplits {
  train: DeviceSplit
  /** null: nothing is measured. */
  evaluation: DeviceSplit | null
}

interface LoadHooks {
  onProgress(progress: { phase: 'download' | 'decode'; fraction: number }): void
  onWarning(message: string): void
  signal: AbortSignal
}

/** Which images to load. */
type ImageFields = Pick<ExperimentConfig, 'dataset' | 'imageSize' | 'evaluate'>

export interface DeviceSplits {
  /** The train split and the one that is evaluated on, decoded and on the device. */
  load(config: ImageFields, hooks: LoadHooks): Promise<LoadedSplits>
  cachedSplits(): CachedSplit[]
}

/** Splits stay on the device from one experiment to the next, so that the next one starts at once. */
export function createDeviceSplits(tf: Runtime, folders: TrainerFolders, { keepBytes = MAX_CACHED_BYTES } = {}): DeviceSplits {
  const cached = new Map<string, { split: DeviceSplit; bytes: number }>() // least recently used first

  const evictBeyond = (bytes: number, keep: Set<string>): void => {
    let total = [...cached.values()].reduce((sum, entry) => sum + entry.bytes, 0)
    for (const [key, entry] of cached) {
      if (total <= bytes) return
      if (keep.has(key)) continue
      entry.split.images.dispose()
      cached.delete(key)
      total -= entry.bytes
    }
  }

  const loadCached = async (options: Omit<LoadSplitOptions, 'folders'>): Promise<ImageSplit> => {
    const onDisk = await cachedSplits(folders.data)
    if (!onDisk.some((split) => isDeepStrictEqual(split, { dataset: options.dataset, split: options.split, imageSize: options.imageSize })))
      await prepareSplit(options, folders)
    return loadOrFetch(options, folders)
  }

  const loadOne = async (config: ImageFields, split: SplitName, hooks: LoadHooks): Promise<DeviceSplit> => {
    const key = splitKey(config, split)
    const known = cached.get(key)
    cached.delete(key)
    const entry = known ?? toEntry(tf, await loadCached({ dataset: config.dataset, split, imageSize: config.imageSize, ...hooks }))
    cached.set(key, entry)
    return entry.split
  }

  return {
    cachedSplits: () => [...cached.values()].map((entry) => entry.split.key),
    load: async (config, hooks) => {
      const evaluated = evaluatedSplit(config)
      const wanted = new Set([splitKey(config, 'train'), ...(evaluated ? [splitKey(config, evaluated)] : [])])
      evictBeyond(keepBytes, wanted)
      const train = await loadOne(config, 'train', hooks)
      const evaluation = evaluated && (await loadOne(config, evaluated, hooks))
      evictBeyond(keepBytes, wanted)
      return { train, evaluation }
    },
  }
}

const splitKey = ({ dataset, imageSize }: ImageFields, split: SplitName): string => `${dataset}/${split}/${imageSize}`

function toEntry(tf: Runtime, split: ImageSplit): { split: DeviceSplit; bytes: number } {
  const images = deviceImages(tf, { pixels: split.pixels, labels: split.labels, inputs: 3 * split.imageSize ** 2 })
  const key = { dataset: split.dataset, split: split.split, imageSize: split.imageSize }
  return { split: { images, sha256: split.sha256, key }, bytes: split.pixels.byteLength }
}
