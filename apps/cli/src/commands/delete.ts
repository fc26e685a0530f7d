import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { z } from 'zod'
import { type CliDeps, openSession } from '../terminal/session.ts'

const DeleteOptions = z.object({ yes: z.boolean().default(false) })

export function addDelete(program: Command, deps: CliDeps): void {
  const command = program
    .command('delete')
    .description('delete an experiment that has ended, with its losses, checkpoints and models')
    .argument('<id>', 'an id, the beginning of one, or latest')
    .option('--yes', 'skip the confirmation')
    .action(async (given: string) => {
      const session = openSession(command, deps)
      const { yes } = DeleteOptions.parse(command.opts())
      const { id, name, state } = await session.client.experiments.get(given)
      const what = `${state} experiment ${id}${name ? ` (${name})` : ''}`
      if (!yes && session.terminal.stdout.isTTY && !(await confirmed(`delete ${what}? [y/N] `, session.terminal)))
        return session.print('nothing was deleted')
      await session.client.experiments.remove(id)
      if (session.json) return session.printJson({ id })
      session.print(`experiment ${id} is deleted`)
    })
}

async function confirmed(question: string, { stdin, stdout }: CliDeps['terminal']): Promise<boolean> {
  const terminal = createInterface({ input: stdin, output: stdout })
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim())
  } finally {
    terminal.close()
  }
}
