import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { presentPythonWithMoto } from '@trainyard/testing/python/python-with-moto'
import { type S3Process, startS3 } from '@trainyard/testing/services/s3-process'
import { type Artifacts, openArtifacts } from './artifacts.ts'
import type { ArtifactItem } from './inventory.ts'
import { openStore } from './store/open-store.ts'
import { StoreEnv, storeSettings } from './store/store-settings.ts'

const python = await presentPythonWithMoto()

/** Artifacts with nothing in them yet. */
export interface TestArtifacts {
  artifacts: Artifacts
  /** Their data folder. */
  data: string
  /** What is kept, by its path in the data folder or its key. */
  kept(): Promise<string[]>
  /** Has it look that much older than it is. */
  age(place: string, ms: number): void
  close(): Promise<void>
}

export interface Flavour {
  name: 'data folder' | 'store'
  open: () => Promise<TestArtifacts>
}

/** Where artifacts may lie; laws that both keep are tried on both. The store is there where its Python is. */
export const FLAVOURS: readonly Flavour[] = [
  { name: 'data folder', open: openInFolder },
  ...(python === null ? [] : [{ name: 'store' as const, open: () => openInStore(python) }]),
]

const filesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
}

async function openInFolder(): Promise<TestArtifacts> {
  const data = await mkdtemp(path.join(os.tmpdir(), 'artifacts-'))
  return {
    ...aging(openArtifacts(data)),
    data,
    kept: async () => (await filesIn(data)).toSorted(),
    close: () => rm(data, { recursive: true, force: true }),
  }
}

async function openInStore(executable: string): Promise<TestArtifacts> {
  const s3: S3Process = await startS3({ python: executable })
  Object.assign(process.env, s3.env())
  const data = await mkdtemp(path.join(os.tmpdir(), 'artifacts-'))
  const store = await openStore(storeSettings(StoreEnv.parse(s3.env())))
  if (!store) throw new Error('no store')
  return {
    ...aging(openArtifacts(data, store)),
    data,
    kept: () => s3.keys(),
    async close() {
      await s3.stop()
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** Artifacts whose items can be made older. */
export function aging(artifacts: Artifacts): Pick<TestArtifacts, 'artifacts' | 'age'> {
  const agesMs = new Map<string, number>()
  const older = (item: ArtifactItem): ArtifactItem => ({ ...item, atMs: item.atMs - (agesMs.get(item.id) ?? 0) })
  return {
    age: (place, ms) => void agesMs.set(path.basename(place).split('.', 1)[0] ?? '', ms),
    artifacts: {
      ...artifacts,
      async items() {
        const items = await artifacts.items()
        return { ...items, starts: items.starts.map(older), weights: items.weights.map(older) }
      },
    },
  }
}

/** Writes a file where a trainer does, and keeps it. */
export async function keepFile(
  { artifacts }: TestArtifacts,
  { place, file = '', content }: { place: string; file?: string; content: Uint8Array },
) {
  const at = path.join(place, file)
  await mkdir(path.dirname(at), { recursive: true })
  await writeFile(at, content)
  await artifacts.cache?.keep(at)
}
