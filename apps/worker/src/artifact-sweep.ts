import type { CheckpointFolders, ModelFolders } from '@trainyard/artifacts'
import { isTerminal } from '@trainyard/contracts'
import { ExperimentNotFoundError, type ExperimentStore } from '@trainyard/jobs'

interface SweepDeps {
  checkpoints: CheckpointFolders
  models: ModelFolders
  store: ExperimentStore
}

/** Removes what an experiment that has ended no longer needs: its checkpoints, and every model but the recorded one. */
async function removeIfEnded(id: string, { checkpoints, models, store }: SweepDeps): Promise<void> {
  if (!isTerminal((await store.get(id)).state)) return
  const kept = await store.storedModel(id)
  await Promise.all([checkpoints.removeAll(id), models.removeAllBut(id, kept ? [kept.folder] : [])])
}

/** What an attempt's end leaves without use. While the experiment goes on, another attempt may be writing already: only this one's own model goes. */
export async function removeLeftovers({ id, token }: { id: string; token: string }, deps: SweepDeps): Promise<void> {
  await removeIfEnded(id, deps)
  if ((await deps.store.storedModel(id))?.folder !== token) await deps.models.remove(id, token)
}

/** What ended while no worker was there to remove it. A folder that this Redis knows nothing of may be another's: it stays. */
export async function sweepArtifacts(deps: SweepDeps): Promise<void> {
  const ids = new Set([...(await deps.checkpoints.list()), ...(await deps.models.list())])
  for (const id of ids) {
    await removeIfEnded(id, deps).catch((error: unknown) => {
      if (!(error instanceof ExperimentNotFoundError)) throw error
    })
  }
}
