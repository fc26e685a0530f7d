import type { Command } from 'commander'
import { type CliDeps, openSession } from './session.ts'
import { printable } from './text-table.ts'

export function addLogs(program: Command, deps: CliDeps): void {
  const command = program
    .command('logs')
    .description('what its worker and trainer had to say')
    .argument('<id>', 'an id, the beginning of one, or latest')
    .action(async (id: string) => {
      const session = openSession(command, deps)
      const logs = await session.client.experiments.logs(id)
      if (session.json) return session.printJson(logs)
      if (logs.items.length === 0) return session.print('nothing has been logged for this experiment')
      session.print(...logs.items.map(({ at, level, message }) => `${session.style('dim', at)} ${level.padEnd(5)} ${printable(message)}`))
    })
}
