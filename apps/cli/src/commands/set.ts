import { ExperimentPatch } from '@trainyard/contracts'
import { parseFlags } from '@trainyard/schema-fields'
import type { Command } from 'commander'
import { queuePlace } from '../reports/queue-position.ts'
import { requestFlags } from '../flags/request-flags.ts'
import { type CliDeps, openSession } from '../terminal/session.ts'

/** Flags for what may change; the service removes a name or notes that are empty. */
const Settable = ExperimentPatch.extend({
  name: ExperimentPatch.shape.name.unwrap().unwrap().optional().describe('a name for people; empty: none'),
  notes: ExperimentPatch.shape.notes.unwrap().unwrap().optional().describe('free text; empty: none'),
})

export function addSet(program: Command, deps: CliDeps): void {
  const command = program.command('set').description('change name, notes, tags or priority of an experiment')
  for (const option of requestFlags(Settable)) command.addOption(option)
  command.argument('<id>', 'an id, the beginning of one, or latest').action(async (id: string) => {
    const session = openSession(command, deps)
    const { name, notes, ...changes } = parseFlags(Settable, command.opts())
    const orNull = (text: string | undefined): string | null | undefined => (text === '' ? null : text)
    const experiment = await session.client.experiments.patch(id, { ...changes, name: orNull(name), notes: orNull(notes) })
    if (session.json) return session.printJson(experiment)
    const place = queuePlace(experiment)
    session.print(`experiment ${experiment.id} is changed: priority ${experiment.priority}${place === null ? '' : `, ${place}`}`)
  })
}
