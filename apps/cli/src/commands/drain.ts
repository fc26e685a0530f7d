import type { Command } from 'commander'
import { type CliDeps, openSession } from '../terminal/session.ts'

export function addDrain(program: Command, deps: CliDeps): void {
  const command = program
    .command('drain')
    .description('drain a worker: it takes no more experiments, requeues what it runs with a checkpoint, and exits')
    .argument('<worker>', "a worker's id, as workers shows it")
    .action(async (id: string) => {
      const session = openSession(command, deps)
      const worker = await session.client.workers.drain(id)
      if (session.json) return session.printJson(worker)
      const runs = worker.slots.flatMap(({ experimentId }) => experimentId ?? [])
      session.print(`worker ${id} drains; ${runs.length === 0 ? 'it runs nothing' : `it requeues ${runs.join(', ')}`}`)
    })
}
