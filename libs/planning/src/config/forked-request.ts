import type { Experiment, ForkChanges } from '@trainyard/contracts'

type Submitted = Pick<Experiment, 'config' | 'name' | 'tags' | 'notes' | 'priority' | 'pool'>

/** The request that resolves to an experiment's config, with some fields changed; ExperimentRequest has yet to parse it. */
export function forkedRequest(experiment: Submitted, changes: ForkChanges = {}): object {
  const { name, tags, notes, priority, pool } = experiment
  const { depth: _depth, width: _width, ...config } = experiment.config
  const fields = { ...config, name, tags, notes, priority, pool }
  return { ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)), ...changes }
}
