import type { Command } from 'commander'
import { type CliDeps, openSession } from './session.ts'
import { watchExperiment } from './watch-experiment.ts'

export function addWatch(program: Command, deps: CliDeps): void {
  const command = program
    .command('watch')
    .description('follow an experiment, epoch by epoch, until it ends; with --json one event a line')
    .argument('<id>', 'an id, the beginning of one, or latest')
    .action(async (id: string) => {
      const session = openSession(command, deps)
      deps.setExitCode(await watchExperiment(await session.client.experiments.get(id), session))
    })
}
