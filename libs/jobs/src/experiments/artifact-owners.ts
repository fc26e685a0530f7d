import { isTerminal } from '@trainyard/contracts'
import { ExperimentNotFoundError } from '../errors.ts'
import type { ExperimentStore } from './experiment-store.ts'

/** What the records say of experiments' files, as the garbage collection in libs/artifacts needs it. */
export function createArtifactOwners(store: ExperimentStore) {
  async function ownerOf(id: string) {
    try {
      const { state, finishedAt } = await store.get(id)
      if (!isTerminal(state)) return { state: 'live' as const }
      const { checkpoints, model } = await store.recordedFiles(id)
      const names = [...checkpoints.map(({ file }) => file), ...(model ? [model.folder] : [])]
      return { state: 'ended' as const, endedAtMs: Date.parse(finishedAt ?? ''), names }
    } catch (error) {
      if (!(error instanceof ExperimentNotFoundError)) throw error
      return { state: (await store.orphanedArtifacts.deleted()).has(id) ? ('deleted' as const) : ('unknown' as const) }
    }
  }
  const { orphanedArtifacts } = store
  return {
    ownerOf,
    starts: () => orphanedArtifacts.starts(),
    removeStart: (token: string) => orphanedArtifacts.removeStart(token),
    clearRetained: (id: string) => orphanedArtifacts.clearRetained(id),
  }
}
