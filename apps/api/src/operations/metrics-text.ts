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
  const unhealthy = workers.map(({ id, host, unhealthyReason: reason }): Sample => [{ worker: id, host }, reason === null ? 0 : 1])
  const waiting = fleet.waiting.map(({ pool, configVersion, count }): Sample => [{ pool, config_version: configVersion }, count])
  return [
    family('trainyard_experiments', 'gauge', 'Number of experiments by state', each(fleet.experiments)),
    family(
      'trainyard_transitions_total',
      'counter',
      'Total state transitions by the state entered and its reason',
      each(fleet.transitions),
    ),
    family('trainyard_attempts_total', 'counter', 'Total ended attempts by outcome; worker_lost: a lease expired', each(fleet.attempts)),
    histogram('trainyard_queue_wait_seconds', 'Time that an experiment is queued before a worker claims it', fleet.queueWait),
    histogram('trainyard_epoch_seconds', 'Training time of an epoch, without its evaluation', fleet.epoch),
    family('trainyard_images_total', 'counter', 'Total images trained on', [[{}, fleet.images]]),
    family('trainyard_queue_waiting', 'gauge', 'Number of experiments that wait for a free worker, by pool and config version', waiting),
    family('trainyard_outbox', 'gauge', 'Number of experiments that are written but not yet queued', [[{}, fleet.outbox]]),
    family('trainyard_redis_seconds', 'gauge', 'Latency of a PING to Redis', [[{}, fleet.redisSeconds]]),
    family('trainyard_worker_slots', 'gauge', 'Number of slots of live workers, by state', slots),
    family('trainyard_worker_unhealthy', 'gauge', 'Whether the worker is unhealthy and takes no experiments (1) or not (0)', unhealthy),
    ...GPU_MEASURES.map(({ name, help, value }) => family(name, 'gauge', help, gpuSamples(workers, value))),
  ].join('')
}

interface GpuMeasure {
  name: string
  help: string
  value: (gpu: Gpu) => number | null
}

const GPU_MEASURES: readonly GpuMeasure[] = [
  { name: 'trainyard_gpu_utilisation_ratio', help: 'GPU utilisation, from 0 to 1', value: ({ utilisation }) => utilisation },
  { name: 'trainyard_gpu_memory_used_bytes', help: 'GPU memory used by all processes', value: ({ memoryUsedBytes }) => memoryUsedBytes },
  { name: 'trainyard_gpu_memory_total_bytes', help: 'Total GPU memory', value: ({ memoryTotalBytes }) => memoryTotalBytes },
  { name: 'trainyard_gpu_temperature_celsius', help: 'GPU temperature', value: ({ temperatureCelsius }) => temperatureCelsius },
  { name: 'trainyard_gpu_power_watts', help: 'GPU power draw', value: ({ powerWatts }) => powerWatts },
]

/** What the driver does not report is left out. */
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
