import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { presentPythonWithMoto } from '@trainyard/testing/python/python-with-moto'
import { type S3Process, startS3 } from '@trainyard/testing/services/s3-process'
import { type Artifacts, openArtifacts } from './artifacts.ts'
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
  /** Makes it as old as that, where it is kept. Of a store every object ages. */
  age(place: string, ms: number): Promise<void>
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
    ...{ data, artifacts: openArtifacts(data) },
    kept: async () => (await filesIn(data)).toSorted(),
    age: async (place, ms) => {
      const at = (Date.now() - ms) / 1000
      await utimes(place, at, at)
    },
    close: () => rm(data, { recursive: true, force: true }),
  }
}

async function openInStore(executable: string): Promise<TestArtifacts> {
  const s3: S3Process = await startS3({ python: executable })
  Object.assign(process.env, s3.env())
  const data = await mkdtemp(path.join(os.tmpdir(), 'artifacts-'))
  const store = await openStore(storeSettings(StoreEnv.parse(s3.env())))
  if (!store) throw new Error('no store')
  let aheadMs = 0
  return {
    ...{ data, artifacts: openArtifacts(data, { ...store, nowMs: () => store.nowMs() + aheadMs }) },
    kept: () => s3.keys(),
    age: async (_place, ms) => void (aheadMs = ms),
    async close() {
      await s3.stop()
      await rm(data, { recursive: true, force: true })
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
  await artifacts.mirror?.keep(at)
}
