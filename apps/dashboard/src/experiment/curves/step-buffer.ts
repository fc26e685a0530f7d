import { type BatchLosses, fromJsonNumber } from '@trainyard/contracts'

/** Losses of single steps, as columns. */
export interface Steps {
  epoch: readonly number[]
  step: readonly number[]
  loss: readonly number[]
}

const MAX_STEPS = 4000

/** The losses of the steps of the epochs last written to; older ones make room. */
export function createStepBuffer() {
  /** By epoch, the one last written to at the end. */
  const epochs = new Map<number, Map<number, number>>()
  let count = 0

  function makeRoom(): void {
    for (const [epoch, steps] of epochs) {
      if (count <= MAX_STEPS) return
      if (epochs.size > 1) {
        epochs.delete(epoch)
        count -= steps.size
        continue
      }
      for (const step of [...steps.keys()].slice(0, count - MAX_STEPS)) steps.delete(step)
      count = steps.size
    }
  }

  return {
    add({ epoch, firstStep, losses }: BatchLosses): void {
      const steps = epochs.get(epoch) ?? new Map<number, number>()
      epochs.delete(epoch)
      epochs.set(epoch, steps)
      const before = steps.size
      for (const [i, loss] of losses.entries()) steps.set(firstStep + i, fromJsonNumber(loss))
      count += steps.size - before
      makeRoom()
    },
    read(): Steps {
      const columns = { epoch: [] as number[], step: [] as number[], loss: [] as number[] }
      for (const [epoch, steps] of [...epochs].toSorted(([a], [b]) => a - b))
        for (const [step, loss] of [...steps].toSorted(([a], [b]) => a - b)) {
          columns.epoch.push(epoch)
          columns.step.push(step)
          columns.loss.push(loss)
        }
      return columns
    },
  }
}
