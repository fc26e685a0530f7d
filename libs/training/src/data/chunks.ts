import { yieldToEventLoop } from './yield-to-event-loop.ts'

/** Of long work over a network's inputs: how far it is, and a way to stop it. */
export interface ChunkHooks {
  onProgress?: ((fraction: number) => void | Promise<void>) | undefined
  signal?: AbortSignal | undefined
}

/** Does `work` for one chunk of 0 … total − 1 after another; messages and aborts are handled between them. */
export async function forEachChunk(
  { total, size, onProgress, signal }: ChunkHooks & { total: number; size: number },
  work: (chunk: { first: number; count: number }) => void,
): Promise<void> {
  for (let first = 0; first < total; first += size) {
    signal?.throwIfAborted()
    const count = Math.min(size, total - first)
    work({ first, count })
    await onProgress?.((first + count) / total)
    await yieldToEventLoop()
  }
}
