import process from 'node:process'
import { DatasetName, errorMessage, ExpectedError, SplitName } from '@trainyard/contracts'
import { z } from 'zod'
import { readTrainerFolders } from '../environment.ts'
import { loadOrFetch } from './load-or-fetch.ts'
import type { PrepareMessage } from './prepare-split.ts'

/** Decodes one split into its cache file, in a process of its own; `prepareSplit` is its other side. */
const SplitToPrepare = z.object({ dataset: DatasetName, split: SplitName, imageSize: z.int() })

// The trainer decides when this ends: Ctrl-C in its terminal is not meant for us.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit(0))
const send = (message: PrepareMessage): void => void process.send?.(message)

try {
  const key = SplitToPrepare.parse(JSON.parse(process.argv[2] ?? ''))
  await loadOrFetch(
    {
      ...key,
      onProgress: ({ phase, fraction }) => send({ type: 'progress', phase, fraction }),
      onWarning: (message) => send({ type: 'warning', message }),
    },
    readTrainerFolders(process.env),
  )
  send({ type: 'done' })
} catch (error) {
  const message = errorMessage(error)
  send({ type: 'failed', code: error instanceof ExpectedError ? error.code : null, message })
}
process.disconnect?.()
