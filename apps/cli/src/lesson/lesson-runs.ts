import type { Client, ExperimentInput } from '@trainyard/client'
import type { DatasetName, Epoch, Experiment } from '@trainyard/contracts'

/** One of the lesson's experiments, and what is known of it so far. */
export interface LessonRun {
  title: string
  experiment: Experiment
  epochs: Epoch[]
  /** Set when it ended without completing. */
  error: string | null
}

/** Deep enough for the signal to be lost, small enough for three runs in a minute. One seed: same weights, same order of images. */
const SHAPE = { imageSize: 32, depth: 8, width: 256, lr: 0.02, epochs: 12, seed: 0, tags: ['lesson'] } satisfies ExperimentInput
const NORMS = { none: 'no norm', batch: 'batch norm', layer: 'layer norm' } as const

/** Queues the three experiments; within a day the same lesson shows the same ones again, for their numbers would be the same. */
export async function submitLesson(client: Client, dataset: DatasetName): Promise<LessonRun[]> {
  const runs: LessonRun[] = []
  for (const [norm, title] of Object.entries(NORMS)) {
    const input = { ...SHAPE, dataset, norm, name: `lesson: ${title}` } as const
    runs.push({ title, experiment: await submitOnce(client, { ...input, norm: normOf(norm) }), epochs: [], error: null })
  }
  return runs
}

const normOf = (name: string): keyof typeof NORMS => (name === 'batch' || name === 'layer' ? name : 'none')

async function submitOnce(client: Client, input: ExperimentInput): Promise<Experiment> {
  const known = await client.experiments.submit(input, { idempotencyKey: `lesson ${input.dataset} ${input.norm}` })
  // one that was canceled or has failed has nothing to show
  return known.state === 'canceled' || known.state === 'failed' ? client.experiments.submit(input) : known
}

/** Watches all of them until they have ended. */
export async function followLesson(
  runs: readonly LessonRun[],
  { client, signal, onChange }: { client: Client; signal: AbortSignal; onChange: (run: LessonRun, epoch: Epoch) => void },
): Promise<void> {
  await Promise.all(
    runs.map(async (run) => {
      const add = (epoch: Epoch): void => {
        run.epochs[epoch.epoch - 1] = epoch
        onChange(run, epoch)
      }
      for await (const { event } of client.experiments.events(run.experiment.id, { signal })) {
        if (event.type === 'epoch') add(event.data)
        if (event.type === 'snapshot') event.data.epochs.forEach(add)
      }
      if (signal.aborted) return
      run.experiment = await client.experiments.get(run.experiment.id)
      const { state, error } = run.experiment
      if (state !== 'completed') run.error = error ? `${error.message}. ${error.advice}` : `it ended as ${state}`
    }),
  )
}
