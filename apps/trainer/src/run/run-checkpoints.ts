import { errorMessage, type ToTrainer } from '@trainyard/contracts'
import { describeDiskSpace, hasFreeDisk, type DiskSpace } from '@trainyard/planning'
import type { BestModel, ModelSnapshot } from '@trainyard/training'
import { type CheckpointSchedule, createCheckpointSchedule } from './checkpoint-schedule.ts'
import { configHash } from './config-hash.ts'
import type { RunReports } from './run-reports.ts'
import { writeCheckpoint } from '../files/write-checkpoint.ts'

type RunCommand = Extract<ToTrainer, { type: 'run' }>

export interface CheckpointDependencies {
  reports: RunReports
  /** The space on the disk that holds the data directory. */
  diskSpace: () => Promise<DiskSpace>
  /** The best model so far, where it is to be kept. */
  best: () => BestModel<ModelSnapshot> | null
  /** SHA-256 of the train images. */
  imagesHash: string
}

/** Writes a run's checkpoints; one that cannot be written, or has no room, is a warning, and training goes on. */
export function runCheckpointSchedule(
  { runId, config, checkpoints: { folder } }: RunCommand,
  { reports, diskSpace, best, imagesHash }: CheckpointDependencies,
): CheckpointSchedule {
  return createCheckpointSchedule({
    everySeconds: config.checkpointEverySeconds,
    nowMs: () => performance.now(),
    write: async (state) => {
      const failed = (error: unknown): void =>
        reports.warn(`The checkpoint of epoch ${state.epoch} could not be written: ${errorMessage(error)}`)
      try {
        const space = await diskSpace()
        if (!hasFreeDisk(space)) throw new Error(`the disk is nearly full, ${describeDiskSpace(space)}`)
        const { recorded } = await writeCheckpoint(state, { folder, runId, configHash: configHash(config), imagesHash, best: best() })
        return { recorded: recorded.then((checkpoint) => reports.send({ type: 'checkpoint', checkpoint })).catch(failed) }
      } catch (error) {
        failed(error)
        return { recorded: Promise.resolve() }
      }
    },
  })
}
