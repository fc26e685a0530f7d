import type { Command } from 'commander'
import { type CliDeps, openSession } from '../terminal/session.ts'
import { watchExperiment } from '../watch/watch-experiment.ts'
import { watchSeveral } from '../watch/watch-several.ts'

export function addWatch(program: Command, deps: CliDeps): void {
  const command = program
    .command('watch')
    .description('follow an experiment, epoch by epoch, until it ends, or several at once, a line each; with --json one event a line')
    .argument('<ids...>', 'ids, beginnings of them, or latest')
    .action(async (ids: string[]) => {
      const session = openSession(command, deps)
      const found = await Promise.all(ids.map((id) => session.client.experiments.get(id)))
      const [only, ...others] = found
      if (!only) return
      deps.setExitCode(others.length === 0 ? await watchExperiment(only, session) : await watchSeveral(found, session))
    })
}
