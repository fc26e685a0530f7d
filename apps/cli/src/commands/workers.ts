import { formatBytes, type Gpu, type WorkerInfo } from '@trainyard/contracts'
import type { Command } from 'commander'
import { type CliDeps, openSession } from '../terminal/session.ts'
import type { Column } from '../terminal/text-table.ts'

const COLUMNS: readonly Column<WorkerInfo>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'host', value: ({ host }) => host },
  { title: 'pools', value: ({ pools }) => pools.join(', ') },
  { title: 'engine', value: ({ engine }) => (engine ? `TensorFlow ${engine.version} (${engine.name})` : 'loading') },
  { title: 'device', value: ({ engine }) => engine?.device ?? '' },
  { title: 'memory', value: ({ memoryBytes }) => formatBytes(memoryBytes), align: 'right' },
  {
    title: 'runs',
    value: ({ slots, draining, unhealthyReason }) => (draining ? 'draining: ' : unhealthyReason ? 'unhealthy: ' : '') + runsOf(slots),
  },
  { title: 'last heartbeat', value: ({ lastHeartbeatAt }) => lastHeartbeatAt.slice(0, 19).replace('T', ' ') },
]

type WorkerGpu = Gpu & { worker: string; slots: WorkerInfo['slots'] }

/** What the driver does not say stays empty. */
const GPU_COLUMNS: readonly Column<WorkerGpu>[] = [
  { title: 'worker', value: ({ worker }) => worker },
  { title: 'GPU', value: ({ index, name }) => `${index}: ${name}` },
  { title: 'driver', value: ({ driverVersion }) => driverVersion ?? '' },
  { title: 'busy', value: ({ utilisation }) => shown(utilisation, (share) => `${Math.round(100 * share)} %`), align: 'right' },
  { title: 'memory', value: memoryOf, align: 'right' },
  { title: 'temperature', value: ({ temperatureCelsius }) => shown(temperatureCelsius, (celsius) => `${celsius} °C`), align: 'right' },
  { title: 'power', value: ({ powerWatts }) => shown(powerWatts, (watts) => `${Math.round(watts)} W`), align: 'right' },
  { title: 'runs', value: ({ index, slots }) => runsOf(slots.filter(({ gpu }) => gpu === index)) },
]

const shown = (value: number | null, format: (value: number) => string): string => (value === null ? '' : format(value))

function memoryOf({ memoryUsedBytes: used, memoryTotalBytes: total }: Gpu): string {
  if (total === null) return shown(used, formatBytes)
  return used === null ? formatBytes(total) : `${formatBytes(used)} of ${formatBytes(total)}`
}

export function addWorkers(program: Command, deps: CliDeps): void {
  const command = program
    .command('workers')
    .description('live workers and what each runs')
    .action(async () => {
      const session = openSession(command, deps)
      const workers = await session.client.workers.list()
      if (session.json) return session.printJson(workers)
      if (workers.items.length === 0) return session.print('no live worker; npm start starts one together with the service')
      session.printTable(COLUMNS, workers.items)
      const gpus = workers.items.flatMap(({ id, gpus: all, slots }) => all.map((gpu) => ({ ...gpu, worker: id, slots })))
      if (gpus.length > 0) {
        session.print('')
        session.printTable(GPU_COLUMNS, gpus)
      }
      for (const { id, unhealthyReason } of workers.items)
        if (unhealthyReason) session.warn(`warning: worker ${id} takes no more experiments. ${unhealthyReason}`)
    })
}

function runsOf(slots: WorkerInfo['slots']): string {
  return slots.map(({ experimentId, trainer }) => experimentId ?? trainer).join(', ')
}
