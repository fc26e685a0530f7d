import { type Engine, ExpectedError, type FromTrainer, type ToTrainer } from '@trainyard/contracts'
import type { DiskSpace } from '@trainyard/planning'
import type { Runtime } from '@trainyard/tensorflow'
import { drawSamples } from '../requests/draw-samples.ts'
import type { TrainerFolders } from '../environment.ts'
import { toExperimentError } from './failure.ts'
import type { MessageChannel } from './message-channel.ts'
import { createPhotoClassifier } from '../requests/predict-photo.ts'
import type { DeviceKernel } from '../splits/device-kernel.ts'
import type { DeviceSplits } from '../splits/device-cache.ts'
import { measureWhileIdle } from './measure-while-idle.ts'
import { DrainedError } from '../run/run-callbacks.ts'
import { runExperiment } from '../run/run-experiment.ts'
import { runProbe } from '../requests/run-probe.ts'

/** A draining worker waits this long for the epoch's end; after it the last checkpoint must do. */
const EPOCH_GRACE_MS = 10_000

export interface WorkerSide {
  channel: MessageChannel
  tf: Runtime
  engine: Engine
  splits: DeviceSplits
  kernels: DeviceKernel
  diskSpace: () => Promise<DiskSpace>
  folders: TrainerFolders
}

type Work = Extract<ToTrainer, { type: 'run' | 'probe' | 'predict' | 'samples' }>

interface Run {
  id: string
  abort: AbortController
  /** Its first step has been taken: before that there is nothing to write a checkpoint of. */
  hasBegun: boolean
  leaveAfterEpoch: boolean
}

/** Answers a worker's messages: one piece of work at a time, and each ends with exactly one of completed, probed, predicted, sampled, aborted or failed. */
export function serveWorker(deps: WorkerSide): (message: ToTrainer) => void {
  const { channel, engine } = deps
  const namePhoto = createPhotoClassifier(deps.tf)
  let current: Run | null = null
  void channel.send({ type: 'ready', engine })
  const measuring = measureWhileIdle(deps)

  const start = async (work: Work): Promise<void> => {
    measuring.giveWay()
    const run: Run = { id: work.runId, abort: new AbortController(), hasBegun: false, leaveAfterEpoch: false }
    current = run
    const outcome = await outcomeOf(work, { ...deps, run, namePhoto })
    // Before it is sent: the worker may answer with the next run.
    current = null
    await channel.send(outcome)
    if (!current) measuring.goOn()
  }

  return (message) => {
    switch (message.type) {
      case 'run':
      case 'probe':
      case 'predict':
      case 'samples':
        if (current) throw new Error('A trainer does one piece of work at a time')
        void start(message)
        return
      case 'abort':
        if (current?.id === message.runId) abort(current, message)
        return
      case 'ack':
        channel.acknowledge(message.count)
    }
  }
}

type Workplace = WorkerSide & { run: Run; namePhoto: ReturnType<typeof createPhotoClassifier> }

async function outcomeOf(work: Work, deps: Workplace): Promise<FromTrainer> {
  const { runId } = work
  try {
    return await carryOut(work, deps)
  } catch (error) {
    if (deps.run.abort.signal.aborted || error instanceof DrainedError) return { type: 'aborted', ...endOf(runId) }
    // The stack of an unexpected failure goes to the worker's log of this process, not to a user.
    if (!(error instanceof ExpectedError)) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    return { type: 'failed', ...endOf(runId), error: toExperimentError(error) }
  }
}

async function carryOut(work: Work, { channel, run, namePhoto, folders, ...deps }: Workplace): Promise<FromTrainer> {
  const { runId } = work
  const { signal } = run.abort
  const send = (message: FromTrainer): Promise<void> => channel.send(message)
  if (work.type === 'probe') return { type: 'probed', runId, results: await runProbe(work, { ...deps, send, signal }) }
  if (work.type === 'samples') return { type: 'sampled', runId, answer: await drawSamples(work.request, { folders, signal }) }
  if (work.type === 'predict') {
    const { config, photo, modelFolder: folder } = work
    const { kind, epoch } = work.model
    return { type: 'predicted', runId, prediction: { model: { kind, epoch }, classes: await namePhoto({ config, folder, photo }) } }
  }
  await runExperiment(work, { ...deps, send, signal, onStep: () => void (run.hasBegun = true), leaveAfterEpoch: () => run.leaveAfterEpoch })
  return { type: 'completed', ...endOf(runId) }
}

const endOf = (runId: string) => ({ runId, rssBytes: process.memoryUsage.rss() })

function abort(run: Run, { mode }: Pick<Extract<ToTrainer, { type: 'abort' }>, 'mode'>): void {
  if (mode === 'immediate' || !run.hasBegun) return run.abort.abort()
  run.leaveAfterEpoch = true
  if (mode === 'graceful') setTimeout(() => run.abort.abort(), EPOCH_GRACE_MS).unref()
}
