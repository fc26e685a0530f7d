import type { CheckpointFolders } from '@trainyard/artifacts'
import { isTerminal } from '@trainyard/contracts'
import { ExperimentNotFoundError, type ExperimentStore } from '@trainyard/jobs'

interface SweepDeps {
  checkpoints: CheckpointFolders
  store: ExperimentStore
}

/** Removes the checkpoints of an experiment that has ended; answers whether it had. */
export async function removeIfEnded(id: string, { checkpoints, store }: SweepDeps): Promise<void> {
  if (isTerminal((await store.get(id)).state)) await checkpoints.removeAll(id)
}

/** What ended while no worker was there to remove it. A folder that this Redis knows nothing of may be another's: it stays. */
export async function sweepCheckpoints(deps: SweepDeps): Promise<void> {
  for (const id of await deps.checkpoints.list()) {
    await removeIfEnded(id, deps).catch((error: unknown) => {
      if (!(error instanceof ExperimentNotFoundError)) throw error
    })
  }
}
