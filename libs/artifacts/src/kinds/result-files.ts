import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { ArchivedResults } from '@trainyard/contracts'
import { namesIn } from './list-dir.ts'

const ENDING = '.json.gz'

/** What Redis no longer holds of ended experiments: one compressed file each. */
export interface ResultFiles {
  pathOf(experimentId: string): string
  write(experimentId: string, results: ArchivedResults): Promise<void>
  read(experimentId: string): Promise<ArchivedResults | null>
  remove(experimentId: string): Promise<void>
  /** Experiments that have a file. */
  list(): Promise<string[]>
}

export function createResultFiles(root: string): ResultFiles {
  const pathOf = (experimentId: string): string => path.join(root, `${path.basename(experimentId)}${ENDING}`)
  return {
    pathOf,
    async write(experimentId, results) {
      const bytes = await packResults(results)
      const part = `${pathOf(experimentId)}.${randomUUID()}.part`
      await mkdir(root, { recursive: true })
      try {
        await writeFile(part, bytes, { flush: true })
        await rename(part, pathOf(experimentId))
      } catch (error) {
        await rm(part, { force: true })
        throw error
      }
    },
    async read(experimentId) {
      const bytes = await readFile(pathOf(experimentId)).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
        throw error
      })
      return bytes && unpackResults(bytes)
    },
    remove: (experimentId) => rm(pathOf(experimentId), { force: true }),
    list: async () => (await namesIn(root)).filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length)),
  }
}

export const packResults = (results: ArchivedResults): Promise<Buffer> => promisify(gzip)(JSON.stringify(results))

export const unpackResults = async (bytes: Buffer): Promise<ArchivedResults> =>
  ArchivedResults.parse(JSON.parse((await promisify(gunzip)(bytes)).toString()))
