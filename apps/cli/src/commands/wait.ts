import type { Command } from 'commander'
import { type CliDeps, openSession } from '../terminal/session.ts'
import { styledState } from '../terminal/state-colour.ts'
import { exitCodeOf, INTERRUPTED_EXIT_CODE } from '../watch/exit-codes.ts'

export function addWait(program: Command, deps: CliDeps): void {
  const command = program
    .command('wait')
    .description('wait until experiments have ended; the exit code is that of the worst outcome, as with watch')
    .argument('<ids...>', 'ids, beginnings of them, or latest')
    .action(async (ids: string[]) => {
      const session = openSession(command, deps)
      const signal = session.terminal.listenForInterrupt()
      // `latest` means the one that it is now
      const found = await Promise.all(ids.map((id) => session.client.experiments.get(id)))
      const ended = await Promise.all(found.map(({ id }) => session.client.experiments.wait(id, { signal })))
      if (session.json) session.printJson({ items: ended })
      else session.print(...ended.map(({ id, state }) => `experiment ${id}: ${styledState(state, session)}`))
      deps.setExitCode(signal.aborted ? INTERRUPTED_EXIT_CODE : Math.max(...ended.map(exitCodeOf)))
    })
}
