import { type Experiment, ExperimentRequest, ForkChanges, ForkRequest } from '@trainyard/contracts'
import { forkedRequest } from '@trainyard/planning'
import { type CommandFlag, commandFlags } from '@trainyard/schema-fields'
import { EXPERIMENT_FORM } from '../experiment-form.ts'
import { fieldGroups } from '../fields/field-groups.ts'
import { type Faults, readTexts, type Texts, textOf } from '../fields/format-form.ts'

type Forked = Parameters<typeof forkedRequest>[0] & Pick<Experiment, 'forkPoints'>

const FORK_FORM = { flags: commandFlags(ForkChanges), schema: ForkChanges }

/** What a fork may change, as the experiment has it. */
export function ownTexts(experiment: Forked): Texts {
  const { config, name, tags, notes, priority, pool } = experiment
  const own = Object.entries({ ...config, name, tags, notes, priority, pool }).filter(([field]) => field in ForkChanges.shape)
  return Object.fromEntries(own.map(([field, value]) => [field, value === null ? '' : textOf(value)]))
}

interface ReadFork {
  /** What is sent: only what differs. */
  changes: ForkChanges | null
  changed: readonly string[]
  faults: Faults
}

/** What a fork of this experiment from this epoch changes; an empty field stays as it was. */
export function readFork(experiment: Forked, { texts, epoch }: { texts: Texts; epoch: number }): ReadFork {
  const own = ownTexts(experiment)
  const differing = Object.entries(texts).filter(([field, text]) => text !== '' && text !== own[field])
  const { parsed, faults } = readTexts(FORK_FORM, Object.fromEntries(differing))
  const changed = differing.map(([field]) => field)
  if (parsed === null) return { changes: null, changed, faults }
  const acrossFields = { ...faultsAcross(experiment, parsed), ...tooFewEpochs(parsed.epochs ?? experiment.config.epochs, epoch) }
  return { changes: Object.keys(acrossFields).length === 0 ? parsed : null, changed, faults: acrossFields }
}

function faultsAcross(experiment: Forked, changes: ForkChanges): Faults {
  const { error } = ExperimentRequest.safeParse(forkedRequest(experiment, changes))
  return Object.fromEntries((error?.issues ?? []).map(({ path, message }) => [String(path[0]), message]))
}

const tooFewEpochs = (epochs: number, epoch: number): Faults =>
  epochs > epoch ? {} : { epochs: `leaves nothing to train after epoch ${epoch}, which the fork begins from; raise it` }

/** The fields that a fork may change, with the words of a new experiment's. */
export const FORK_GROUPS = fieldGroups(EXPERIMENT_FORM.flags).flatMap(({ title, flags }) => {
  const changeable = flags.filter(({ field }) => field in ForkChanges.shape)
  return changeable.length === 0 ? [] : [{ title, flags: changeable }]
})

/** The fields that a fork is refused to change. */
export const FIXED_FLAGS: readonly CommandFlag[] = EXPERIMENT_FORM.flags.filter(
  ({ field }) => field in ForkRequest.shape.changes.unwrap().shape && !(field in ForkChanges.shape),
)

/** Why, in the contract's words. */
export function fixedReason(): string {
  const { error } = ForkRequest.safeParse({ changes: { depth: 1 } })
  return error?.issues[0]?.message ?? ''
}

export interface ForkOrigin {
  epoch: number
  /** Its momentum is kept, too. */
  hasMomentum: boolean
}

/** What a fork can begin from, newest first; of one epoch the checkpoint, which holds more. */
export function forkOrigins({ forkPoints }: Pick<Experiment, 'forkPoints'>): ForkOrigin[] {
  const epochs = [...new Set(forkPoints.map(({ epoch }) => epoch))].toSorted((a, b) => b - a)
  return epochs.map((epoch) => ({ epoch, hasMomentum: forkPoints.some((each) => each.epoch === epoch && each.kind === 'checkpoint') }))
}
