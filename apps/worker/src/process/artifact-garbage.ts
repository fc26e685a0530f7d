import { type Artifacts, collectGarbage } from '@trainyard/artifacts'
import { isTerminal } from '@trainyard/contracts'
import { createArtifactOwners, type ExperimentStore } from '@trainyard/jobs'
import type { Logger } from 'pino'

interface SweepDeps {
  artifacts: Artifacts
  store: ExperimentStore
}

/**
 * What an attempt's end leaves without use. While the experiment goes on, another attempt may be writing already: only this one's own model goes. Once it
 * has ended, what its record does not name goes.
 */
export async function removeOrphanedArtifacts(
  { id, token }: { id: string; token: string },
  { artifacts, store }: SweepDeps,
): Promise<void> {
  const { checkpoints, model, start } = await store.recordedFiles(id)
  if (model?.folder !== token) await artifacts.models.remove(id, token)
  if (!isTerminal((await store.get(id)).state)) return
  const files = checkpoints.map(({ file }) => file)
  await Promise.all([
    artifacts.checkpoints.removeAllBut(id, files),
    artifacts.models.removeAllBut(id, model ? [model.folder] : []),
    start && artifacts.initialCheckpoints.remove(start.token).then(() => store.orphanedArtifacts.removeStart(start.token)),
  ])
}

/** All that was left while no worker was there to remove it, and what is over the bound of this host's disk, or of the store. */
export async function collectArtifactGarbage({
  artifacts,
  store,
  maxBytes,
  log,
}: SweepDeps & { maxBytes: number | undefined; log: Logger }): Promise<void> {
  const owners = createArtifactOwners(store)
  const starts = await owners.starts()
  await artifacts.cache?.evict(async (idOrToken) => (await owners.ownerOf(starts.get(idOrToken) ?? idOrToken)).state === 'live')
  const report = await collectGarbage({ artifacts, owners, maxBytes })
  if (report.evicted.length > 0)
    log.warn({ evicted: report.evicted }, 'models and checkpoints were removed to stay below TRAINYARD_MAX_DISK_BYTES')
  if (!report.fits)
    log.error({ keptBytes: report.keptBytes, maxBytes }, 'what runs or waits alone takes more than TRAINYARD_MAX_DISK_BYTES')
}
