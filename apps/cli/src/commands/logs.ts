import type { LogLine } from '@trainyard/contracts'
import type { Command } from 'commander'
import { z } from 'zod'
import { type CliDeps, openSession, type Session } from '../terminal/session.ts'
import { printable } from '../terminal/text-table.ts'
import { INTERRUPTED_EXIT_CODE } from '../watch/exit-codes.ts'

const LogsOptions = z.object({ follow: z.boolean().default(false) })

export function addLogs(program: Command, deps: CliDeps): void {
  const command = program
    .command('logs')
    .description('log of the worker and the trainer')
    .argument('<id>', 'an id, the beginning of one, or latest')
    .option('-f, --follow', 'print new lines until the experiment ends')
    .action(async (id: string) => {
      const session = openSession(command, deps)
      if (LogsOptions.parse(command.opts()).follow) return deps.setExitCode(await follow(id, session))
      const logs = await session.client.experiments.logs(id)
      if (session.json) return session.printJson(logs)
      if (logs.items.length === 0) return session.print('nothing has been logged for this experiment')
      session.print(...logs.items.map((line) => toText(line, session)))
    })
}

/** All lines so far, then those to come; answers the exit code. */
async function follow(id: string, session: Session): Promise<number> {
  const signal = session.terminal.listenForInterrupt()
  const { experiments } = session.client
  const { id: whole } = await experiments.get(id)
  const printed = new Set<string>()
  const print = (line: LogLine): void => {
    const key = JSON.stringify(line)
    if (printed.has(key)) return
    printed.add(key)
    if (session.json) session.printJson(line)
    else session.print(toText(line, session))
  }
  for await (const { event } of experiments.events(whole, { signal })) {
    if (event.type === 'log') print(event.data)
    // where events are no longer retained, the log still is
    if (event.type === 'snapshot') for (const line of (await experiments.logs(whole)).items) print(line)
  }
  return signal.aborted ? INTERRUPTED_EXIT_CODE : 0
}

const toText = ({ at, level, message }: LogLine, session: Session): string =>
  `${session.style('dim', at)} ${level.padEnd(5)} ${printable(message)}`
