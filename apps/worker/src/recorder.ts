import type { CheckpointFolders } from '@trainyard/artifacts'
import type { AttemptWriter, Claim, Written } from '@trainyard/jobs'
import type { Logger } from 'pino'
import type { RunMessage } from './trainer-process.ts'

/** The latest, and one more in case that one turns out to be damaged. */
const CHECKPOINTS_KEPT = 2

/** Writes down one message of a run. May be called again with the same message. */
export function createRecorder(deps: { claim: Claim; writer: AttemptWriter; checkpoints: CheckpointFolders; log: Logger }) {
  const { claim, writer, checkpoints, log } = deps
  let kept = claim.checkpoints.map(({ file }) => file).toReversed() // oldest first

  async function recordCheckpoint(info: Extract<RunMessage, { type: 'checkpoint' }>['checkpoint']): Promise<Written> {
    const written = await writer.checkpoint(info)
    if (written === 'fenced') return written
    const old = kept.slice(0, -(CHECKPOINTS_KEPT - 1))
    kept = [...kept.slice(-(CHECKPOINTS_KEPT - 1)), info.file]
    const warn = (error: unknown) => log.warn({ err: error }, 'an old checkpoint could not be removed')
    await Promise.all(old.map((file) => checkpoints.remove(claim.experiment.id, file).catch(warn)))
    return written
  }

  return async (message: RunMessage): Promise<Written> => {
    switch (message.type) {
      case 'started':
        return writer.started(message)
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
      case 'predicted': // no run answers these
        break
    }
    return 'ok'
  }
}
