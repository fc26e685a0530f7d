import { type Experiment, ExpectedError, isTerminal } from '@trainyard/contracts'

/** An experiment without the model that was asked for, and why. */
export class ModelNotFoundError extends ExpectedError {
  constructor({ id, state, config, model }: Experiment, kind?: 'best' | 'final') {
    super('MODEL_NOT_FOUND', `Experiment ${id} ${reason({ state, config, model }, kind)}`)
  }
}

function reason({ state, config, model }: Pick<Experiment, 'state' | 'config' | 'model'>, kind: 'best' | 'final' | undefined): string {
  if (config.keepModel === 'none') return 'keeps no model: submit it again with keepModel best or final'
  if (!isTerminal(state)) return `is ${state}: its model is there once it has completed`
  if (!model) return `ended as ${state}: only completed experiments keep a model`
  if (kind && model.kind !== kind) return `has kept its ${model.kind} model, not its ${kind} one: ask for models/${model.kind}`
  return 'has kept a model, but its files are not here: ask the service that shares a data directory or an artifact store with its worker'
}
