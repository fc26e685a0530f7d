import type { EpochLayers } from '@trainyard/contracts'

const MAX_COLUMNS = 200

/** The layers of at most 200 epochs: the first, the latest, and between them those of an even stride. */
export function createLayerBuffer() {
  const epochs = new Map<number, EpochLayers>()
  let [first, last, stride] = [Infinity, 0, 1]

  const stays = (epoch: number): boolean => epoch === last || (epoch - first) % stride === 0
  function thin(): void {
    for (const epoch of epochs.keys()) if (!stays(epoch)) epochs.delete(epoch)
  }

  return {
    add(layers: EpochLayers): void {
      const { epoch } = layers
      epochs.set(epoch, layers)
      first = Math.min(first, epoch)
      last = Math.max(last, epoch)
      thin()
      while (epochs.size > MAX_COLUMNS) {
        stride *= 2
        thin()
      }
    },
    read: (): EpochLayers[] => [...epochs.values()].toSorted((a, b) => a.epoch - b.epoch),
  }
}
