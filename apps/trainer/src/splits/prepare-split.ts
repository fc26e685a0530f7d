import { fork } from 'node:child_process'
import path from 'node:path'
import { ExpectedError, isErrorCode } from '@trainyard/contracts'
import type { LoadSplitOptions } from '@trainyard/datasets'
import { z } from 'zod'
import type { TrainerFolders } from '../environment.ts'

const PrepareMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), phase: z.enum(['download', 'decode']), fraction: z.number() }),
  z.object({ type: z.literal('warning'), message: z.string() }),
  z.object({ type: z.literal('failed'), code: z.string().nullable(), message: z.string() }),
  z.object({ type: z.literal('done') }),
])
export type PrepareMessage = z.infer<typeof PrepareMessage>

/**
 * Has a split decoded into its cache file by a process of its own: what decoding takes of memory, some 200 MB, goes with that process
 * instead of staying with a trainer for good. An abort kills it; what it has downloaded is kept.
 */
export async function prepareSplit(options: Omit<LoadSplitOptions, 'folders'>, folders: TrainerFolders): Promise<void> {
  const { dataset, split, imageSize, onProgress, onWarning, signal } = options
  signal?.throwIfAborted()
  const key = JSON.stringify({ dataset, split, imageSize })
  const child = fork(path.join(import.meta.dirname, 'prepare-split.main.ts'), [key], {
    env: folders.environment,
    signal,
    killSignal: 'SIGKILL',
  })
  let outcome: PrepareMessage | null = null
  child.on('message', (raw) => {
    const message = PrepareMessage.parse(raw)
    if (message.type === 'progress') onProgress?.({ phase: message.phase, fraction: message.fraction, detail: '' })
    else if (message.type === 'warning') onWarning?.(message.message)
    else outcome = message
  })
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject) // an abort, or a process that could not be started
    child.once('close', (code, killedBy) => {
      if (outcome?.type === 'done') resolve()
      else if (outcome?.type === 'failed') reject(toError(outcome))
      else reject(new Error(`The process that decodes images ended ${killedBy ? `by ${killedBy}` : `with code ${code}`}`))
    })
  })
}

function toError({ code, message }: { code: string | null; message: string }): Error {
  return code !== null && isErrorCode(code) ? new ExpectedError(code, message) : new Error(message)
}
