import type { WorkerInfo } from '@trainyard/contracts'
import type { Command } from 'commander'
import { formatBytes } from './measures.ts'
import { type CliDeps, openSession } from './session.ts'
import type { Column } from './text-table.ts'

const COLUMNS: readonly Column<WorkerInfo>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'host', value: ({ host }) => host },
  { title: 'pools', value: ({ pools }) => pools.join(', ') },
  { title: 'engine', value: ({ engine }) => (engine ? `TensorFlow ${engine.version} (${engine.name})` : 'loading') },
  { title: 'device', value: ({ engine }) => engine?.device ?? '' },
  { title: 'memory', value: ({ memoryBytes }) => formatBytes(memoryBytes), align: 'right' },
  {
    title: 'runs',
    value: ({ slots, draining, refusing }) => (draining ? 'draining: ' : refusing ? 'takes no more: ' : '') + runsOf(slots),
  },
  { title: 'last heartbeat', value: ({ lastHeartbeatAt }) => lastHeartbeatAt.slice(0, 19).replace('T', ' ') },
]

export function addWorkers(program: Command, deps: CliDeps): void {
  const command = program
    .command('workers')
    .description('live workers and what each runs')
    .action(async () => {
      const session = openSession(command, deps)
      const workers = await session.client.workers.list()
      if (session.json) return session.printJson(workers)
      if (workers.items.length === 0) return session.print('no worker is alive; npm start starts one together with the service')
      session.printTable(COLUMNS, workers.items)
      for (const { id, refusing } of workers.items)
        if (refusing) session.warn(`warning: worker ${id} takes no more experiments. ${refusing}`)
    })
}

function runsOf(slots: WorkerInfo['slots']): string {
  return slots.map(({ experimentId, trainer }) => experimentId ?? trainer).join(', ')
}
