import type { Checkpoints } from '@trainyard/artifacts'
import type { CheckpointInfo } from '@trainyard/contracts'
import type { AttemptWriter, Claim, Written } from '@trainyard/jobs'
import type { Logger } from 'pino'
import type { RunMessage } from '../trainers/trainer-process.ts'

/** The latest, and one more in case that one turns out to be damaged. */
const CHECKPOINTS_KEPT = 2

/** Records one message of a run. A repeat of a message changes nothing. */
export function createRecorder(deps: { claim: Claim; writer: AttemptWriter; checkpoints: Checkpoints; log: Logger }) {
  const { claim, writer, checkpoints, log } = deps
  /** Oldest first. */
  let kept = claim.checkpoints.toReversed()
  const remove = async (gone: readonly CheckpointInfo[]): Promise<void> => {
    const warn = (error: unknown) => log.warn({ err: error }, 'an old checkpoint could not be removed')
    await Promise.all(gone.map(({ file }) => checkpoints.remove(claim.experiment.id, file).catch(warn)))
  }

  /** Those that the trainer could not use are no longer recorded: what it fell back on must not be taken for the older of two. */
  async function recordStart(message: Extract<RunMessage, { type: 'started' }>): Promise<Written> {
    const written = await writer.started(message)
    if (written === 'fenced') return written
    const { true: usable = [], false: unusable = [] } = Object.groupBy(kept, ({ epoch }) => `${epoch <= message.resumedFromEpoch}`)
    kept = usable
    await remove(unusable)
    return written
  }

  async function recordCheckpoint(info: CheckpointInfo): Promise<Written> {
    const written = await writer.checkpoint(info)
    if (written === 'fenced') return written
    const others = kept.filter(({ file }) => file !== info.file)
    kept = [...others.slice(-(CHECKPOINTS_KEPT - 1)), info]
    await remove(others.slice(0, -(CHECKPOINTS_KEPT - 1)))
    return written
  }

  return async (message: RunMessage): Promise<Written> => {
    switch (message.type) {
      case 'started':
        return recordStart(message)
      case 'phase':
        return writer.progress({ phase: message.phase, phaseFraction: message.fraction, epoch: message.epoch, step: message.step })
      case 'batches':
        return writer.batches(message)
      case 'epoch':
        return writer.epoch(message.result, message.layerHashes)
      case 'layers':
        return writer.layers(message.layers)
      case 'model':
        return writer.model(message.model)
      case 'checkpoint':
        return recordCheckpoint(message.checkpoint)
      case 'log':
        log[message.level](message.message)
        return writer.log({ level: message.level, message: message.message, number: message.number })
      case 'completed':
      case 'aborted':
      case 'failed': // how it ended is written last, when all else is
      case 'probed':
      case 'predicted':
      case 'sampled': // no run answers these
        break
    }
    return 'ok'
  }
}
