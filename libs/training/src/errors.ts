import { ExpectedError } from '@trainyard/contracts'

export class LossDivergedError extends ExpectedError {
  constructor({ epoch, step, loss, lr }: { epoch: number; step: number; loss: number; lr: number }) {
    super('LOSS_DIVERGED', `The loss became ${loss} at epoch ${epoch}, step ${step}, with lr ${lr}; try a lower lr`)
  }
}

export class OutOfMemoryError extends ExpectedError {
  constructor(options?: ErrorOptions) {
    super('OUT_OF_MEMORY', 'TensorFlow ran out of memory; lower width, depth, imageSize or batchSize', options)
  }
}

/** TensorFlow's words where memory is refused; the last is a copy to a GPU that has no room for it. */
const REFUSALS = /OOM when allocating|failed to allocate|ResourceExhausted|CUDA_ERROR_OUT_OF_MEMORY|Dst tensor is not initialized/i

/** TensorFlow's own refusal to allocate, as our error; anything else as it is. */
export function toTrainingError(error: unknown): unknown {
  const refused = error instanceof Error && REFUSALS.test(error.message)
  return refused ? new OutOfMemoryError({ cause: error }) : error
}
