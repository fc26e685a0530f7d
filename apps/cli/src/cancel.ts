import type { Command } from 'commander'
import { type CliDeps, openSession } from './session.ts'

export function addCancel(program: Command, deps: CliDeps): void {
  const command = program
    .command('cancel')
    .description('end an experiment that is queued or running')
    .argument('<id>', 'an id, the beginning of one, or latest')
    .action(async (id: string) => {
      const session = openSession(command, deps)
      const experiment = await session.client.cancel(id)
      if (session.json) return session.printJson(experiment)
      const done = experiment.state === 'canceled'
      session.print(`experiment ${experiment.id} is ${done ? 'canceled' : 'being canceled; its worker stops within a few seconds'}`)
    })
}
