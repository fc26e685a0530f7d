import type { Command } from 'commander'
import { z } from 'zod'
import { EPOCH_COLUMNS } from '../reports/epoch-table.ts'
import { type CliDeps, openSession } from '../terminal/session.ts'

const LossesOptions = z.object({ csv: z.boolean().default(false) })

export function addLosses(program: Command, deps: CliDeps): void {
  const command = program
    .command('losses')
    .description("every epoch's loss")
    .argument('<id>', 'an id, the beginning of one, or latest')
    .option('--csv', 'as CSV, with a header line')
    .action(async (id: string) => {
      const session = openSession(command, deps)
      if (LossesOptions.parse(command.opts()).csv) return void session.terminal.stdout.write(await session.client.experiments.epochsCsv(id))
      const epochs = await session.client.experiments.epochs(id)
      if (session.json) return session.printJson(epochs)
      if (epochs.items.length === 0) return session.print(`no epoch has ended yet; follow it: trainyard watch ${id}`)
      session.printTable(EPOCH_COLUMNS, epochs.items)
    })
}
