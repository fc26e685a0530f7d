import { yieldToEventLoop } from './yield-to-event-loop.ts'

/** Long work over a network's inputs, told and stoppable. */
export interface ChunkHooks {
  onProgress?: ((fraction: number) => void | Promise<void>) | undefined
  signal?: AbortSignal | undefined
}

/** Does `work` for one block of 0 … total − 1 after another, so that messages and aborts get their turn. */
export async function forEachChunk(
  { total, size, onProgress, signal }: ChunkHooks & { total: number; size: number },
  work: (block: { first: number; count: number }) => void,
): Promise<void> {
  for (let first = 0; first < total; first += size) {
    signal?.throwIfAborted()
    const count = Math.min(size, total - first)
    work({ first, count })
    await onProgress?.((first + count) / total)
    await yieldToEventLoop()
  }
}
