import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { ArchivedResults } from '@trainyard/contracts'
import type { Places } from './places.ts'

/** What Redis no longer holds of ended experiments: one compressed object each. */
export interface Results {
  write(experimentId: string, results: ArchivedResults): Promise<void>
  read(experimentId: string): Promise<ArchivedResults | null>
  remove(experimentId: string): Promise<void>
}

export function createResults({ store }: Pick<Places, 'store'>): Results {
  const keyOfResults = (experimentId: string): string => `results/${path.basename(experimentId)}.json.gz`
  return {
    write: async (experimentId, results) => store.put(keyOfResults(experimentId), await promisify(gzip)(JSON.stringify(results))),
    async read(experimentId) {
      const found = await store.open(keyOfResults(experimentId))
      return found && ArchivedResults.parse(JSON.parse(String(await promisify(gunzip)(await buffer(found.stream)))))
    },
    remove: (experimentId) => store.remove(keyOfResults(experimentId)),
  }
}
