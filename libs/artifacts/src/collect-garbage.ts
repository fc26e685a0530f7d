import type { GarbageReport } from '@trainyard/contracts'
import type { ArtifactItem, ArtifactItems } from './inventory.ts'
import type { Artifacts } from './artifacts.ts'

/** An initial checkpoint is pinned a moment before its fork's record is created. */
const RECORD_TIMEOUT_MS = 3_600_000
/** Uploaded weights are used soon, and maybe more than once; an experiment that uses them has a pinned copy. */
const WEIGHTS_TTL_MS = 24 * 3_600_000

/** What is known of an experiment that has files; `names`: of the checkpoint files and model folders that its record names. */
export type ArtifactOwner = { state: 'live' | 'deleted' | 'unknown' } | { state: 'ended'; endedAtMs: number; names: readonly string[] }

export interface ArtifactOwners {
  ownerOf(experimentId: string): Promise<ArtifactOwner>
  /** The experiment of each start, by its token. */
  starts(): Promise<ReadonlyMap<string, string>>
  removeStart(token: string): Promise<void>
  /** The files that its record names are gone. */
  clearRetained(experimentId: string): Promise<void>
}

export interface GarbageOptions {
  artifacts: Pick<Artifacts, 'items'>
  owners: ArtifactOwners
  /** Only reports what would be removed. */
  dryRun?: boolean
  /** Also artifacts of experiments without a record here; they may belong to another service. */
  unknown?: boolean
  maxBytes?: number | undefined
}

/**
 * Removes what nothing needs any more, never anything of an experiment that has not ended; then, over `maxBytes`, what ended ones have retained, the
 * oldest first. Records are updated before files are removed: a record never references a missing file.
 */
export async function collectGarbage(options: GarbageOptions): Promise<GarbageReport> {
  const { artifacts, owners, dryRun = false, unknown = false, maxBytes = Infinity } = options
  const items = await artifacts.items()
  const { kept, live, ...garbage } = await sortItems(items, owners)
  const keptBytes = bytesOf(live) + (unknown ? 0 : bytesOf(garbage.unknown)) + bytesOf(kept.map(({ item }) => item))
  const over = firstOver(kept, keptBytes - maxBytes)
  const gone = { ...garbage, unknown: unknown ? garbage.unknown : [], overLimit: over }
  if (!dryRun) {
    for (const id of new Set(over.map((item) => item.id))) await owners.clearRetained(id)
    for (const item of Object.values(gone).flat()) await item.remove()
    for (const item of garbage.unused) if (items.starts.includes(item)) await owners.removeStart(item.id)
  }
  const left = keptBytes - bytesOf(over)
  return {
    dryRun,
    removed: { unused: sumOf(gone.unused), deleted: sumOf(gone.deleted), unknown: sumOf(gone.unknown), overLimit: sumOf(over) },
    evicted: [...new Set(over.map(({ id }) => id))],
    keptBytes: left,
    unknownBytes: unknown ? 0 : bytesOf(garbage.unknown),
    fits: left <= maxBytes,
  }
}

interface KeptItem {
  item: ArtifactItem
  endedAtMs: number
}

interface SortedItems {
  unused: ArtifactItem[]
  deleted: ArtifactItem[]
  unknown: ArtifactItem[]
  live: ArtifactItem[]
  kept: KeptItem[]
}

async function sortItems({ experiments, results, starts, weights, nowMs }: ArtifactItems, owners: ArtifactOwners): Promise<SortedItems> {
  const sorted: SortedItems = { unused: [], deleted: [], unknown: [], live: [], kept: [] }
  for (const [id, items] of Map.groupBy(experiments, (item) => item.id)) {
    const owner = await owners.ownerOf(id)
    if (owner.state !== 'ended') sorted[owner.state].push(...items)
    else
      for (const item of items)
        if (owner.names.includes(item.name)) sorted.kept.push({ item, endedAtMs: owner.endedAtMs })
        else sorted.unused.push(item)
  }
  // part of the record: they go with it alone
  for (const item of results) {
    const { state } = await owners.ownerOf(item.id)
    sorted[state === 'ended' ? 'live' : state].push(item)
  }
  const beginners = await owners.starts()
  for (const start of starts) {
    const id = beginners.get(start.id)
    const isYoung = nowMs - start.atMs < RECORD_TIMEOUT_MS
    const isNeeded = id === undefined ? isYoung : (await owners.ownerOf(id)).state === 'live'
    sorted[isNeeded ? 'live' : 'unused'].push(start)
  }
  for (const item of weights) sorted[nowMs - item.atMs < WEIGHTS_TTL_MS ? 'live' : 'unused'].push(item)
  return sorted
}

/** The oldest ended ones that together have at least the bytes over the limit. */
function firstOver(kept: readonly KeptItem[], tooManyBytes: number): ArtifactItem[] {
  const over: ArtifactItem[] = []
  for (const { item } of kept.toSorted((a, b) => a.endedAtMs - b.endedAtMs)) {
    if (bytesOf(over) >= tooManyBytes) break
    over.push(item)
  }
  return over
}

const bytesOf = (items: readonly ArtifactItem[]): number => items.reduce((sum, { bytes }) => sum + bytes, 0)
const sumOf = (items: readonly ArtifactItem[]) => ({ files: items.reduce((sum, { files }) => sum + files, 0), bytes: bytesOf(items) })
