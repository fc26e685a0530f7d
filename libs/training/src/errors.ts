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

/** TensorFlow's own refusal to allocate, as our error; anything else as it is. */
export function toTrainingError(error: unknown): unknown {
  const refused = error instanceof Error && /OOM when allocating|failed to allocate|ResourceExhausted/i.test(error.message)
  return refused ? new OutOfMemoryError({ cause: error }) : error
}
