import type { Gpu, WorkerInfo } from '@trainyard/contracts'
import type { FleetMetrics, Histogram } from '@trainyard/jobs'

type Labels = Record<string, string | number>
type Sample = [labels: Labels, value: number]

/** The fleet in Prometheus's text format, https://prometheus.io/docs/instrumenting/exposition_formats. */
export function fleetText(fleet: FleetMetrics, workers: readonly WorkerInfo[]): string {
  const each = (rows: readonly (Labels & { count: number })[]): Sample[] => rows.map(({ count, ...labels }) => [labels, count])
  const slots = workers.flatMap(({ id, host, slots: all }): Sample[] => {
    const busy = all.filter(({ experimentId }) => experimentId !== null).length
    return [
      [{ worker: id, host, state: 'busy' }, busy],
      [{ worker: id, host, state: 'free' }, all.length - busy],
    ]
  })
  const unhealthyReason = workers.map(({ id, host, unhealthyReason: why }): Sample => [{ worker: id, host }, why === null ? 0 : 1])
  const waiting = fleet.waiting.map(({ pool, configVersion, count }): Sample => [{ pool, config_version: configVersion }, count])
  return [
    family('trainyard_experiments', 'gauge', 'Experiments there are, by state', each(fleet.experiments)),
    family('trainyard_transitions_total', 'counter', 'Changes of state, by the state entered and its reason', each(fleet.transitions)),
    family('trainyard_attempts_total', 'counter', 'Attempts that ended; worker_lost: a lease ran out', each(fleet.attempts)),
    histogram('trainyard_queue_wait_seconds', 'From entering the queue to being claimed', fleet.queueWait),
    histogram('trainyard_epoch_seconds', 'Training of an epoch, without its evaluation', fleet.epoch),
    family('trainyard_images_total', 'counter', 'Images trained on', [[{}, fleet.images]]),
    family('trainyard_queue_waiting', 'gauge', 'Experiments that wait for a free worker, by pool and config version', waiting),
    family('trainyard_outbox', 'gauge', 'Experiments on their way into the queue', [[{}, fleet.outbox]]),
    family('trainyard_redis_seconds', 'gauge', 'That Redis took to answer just now', [[{}, fleet.redisSeconds]]),
    family('trainyard_worker_slots', 'gauge', 'Slots of live workers', slots),
    family('trainyard_worker_unhealthy', 'gauge', '1: the worker takes no experiments although it could', unhealthyReason),
    ...GPU_MEASURES.map(({ name, help, value }) => family(name, 'gauge', help, gpuSamples(workers, value))),
  ].join('')
}

interface GpuMeasure {
  name: string
  help: string
  value: (gpu: Gpu) => number | null
}

const GPU_MEASURES: readonly GpuMeasure[] = [
  { name: 'trainyard_gpu_utilisation_ratio', help: 'Share of the time in which a GPU computed', value: ({ utilisation }) => utilisation },
  { name: 'trainyard_gpu_memory_used_bytes', help: 'Used of a GPU by all processes', value: ({ memoryUsedBytes }) => memoryUsedBytes },
  { name: 'trainyard_gpu_memory_total_bytes', help: 'A GPU has', value: ({ memoryTotalBytes }) => memoryTotalBytes },
  { name: 'trainyard_gpu_temperature_celsius', help: 'Of a GPU', value: ({ temperatureCelsius }) => temperatureCelsius },
  { name: 'trainyard_gpu_power_watts', help: 'That a GPU draws', value: ({ powerWatts }) => powerWatts },
]

/** What the driver does not say is left out. */
const gpuSamples = (workers: readonly WorkerInfo[], value: GpuMeasure['value']): Sample[] =>
  workers.flatMap(({ id, host, gpus }) =>
    gpus.flatMap((gpu): Sample[] => {
      const measured = value(gpu)
      return measured === null ? [] : [[{ worker: id, host, gpu: gpu.index, name: gpu.name }, measured]]
    }),
  )

function family(name: string, type: string, help: string, samples: readonly Sample[]): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.map((sample) => sampleLine(name, sample)).join('')}`
}

function histogram(name: string, help: string, { buckets, sum }: Histogram): string {
  const lines = [
    ...buckets.map(({ bound, count }) => sampleLine(`${name}_bucket`, [{ le: bound === Infinity ? '+Inf' : bound }, count])),
    sampleLine(`${name}_sum`, [{}, sum]),
    sampleLine(`${name}_count`, [{}, buckets.at(-1)?.count ?? 0]),
  ]
  return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${lines.join('')}`
}

function sampleLine(name: string, [labels, value]: Sample): string {
  const pairs = Object.entries(labels).map(
    ([label, text]) =>
      `${label}="${String(text)
        .replaceAll(/["\\]/g, String.raw`\$&`)
        .replaceAll('\n', String.raw`\n`)}"`,
  )
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`
}
