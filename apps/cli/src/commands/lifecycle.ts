import type { Client } from '@trainyard/client'
import type { Experiment, ExperimentState } from '@trainyard/contracts'
import type { Command } from 'commander'
import { type CliDeps, openSession } from '../terminal/session.ts'

interface LifecycleCommand {
  name: 'cancel' | 'pause' | 'resume'
  description: string
  /** What a state that comes of it means. */
  words: (state: ExperimentState) => string
}

const LIFECYCLE_COMMANDS: readonly LifecycleCommand[] = [
  {
    name: 'cancel',
    description: 'end an experiment that has not ended yet',
    words: (state) => (state === 'canceled' ? 'canceled' : 'being canceled; its worker stops within a few seconds'),
  },
  {
    name: 'pause',
    description: 'have an experiment wait, with a checkpoint and its slot free',
    words: (state) => (state === 'paused' ? 'paused' : "pausing; its worker stops at the epoch's end, with a checkpoint"),
  },
  {
    name: 'resume',
    description: 'let a paused experiment go on from its checkpoint',
    words: () => 'queued again; it goes on from its checkpoint',
  },
]

/** Commands that change the state of one experiment. */
export function addLifecycleCommands(program: Command, deps: CliDeps): void {
  for (const { name, description, words } of LIFECYCLE_COMMANDS) {
    const command = program
      .command(name)
      .description(description)
      .argument('<id>', 'an id, the beginning of one, or latest')
      .action(async (id: string) => {
        const session = openSession(command, deps)
        const ask: (client: Client) => Promise<Experiment> = (client) => client.experiments[name](id)
        const experiment = await ask(session.client)
        if (session.json) return session.printJson(experiment)
        session.print(`experiment ${experiment.id} is ${words(experiment.state)}`)
      })
  }
}
