/** The response's bytes, with progress as they arrive; those that arrived before the signal aborts. */
export async function readBody(
  response: Response,
  { onBytes, signal }: { onBytes: (bytes: number) => void; signal?: AbortSignal },
): Promise<Blob> {
  const reader = response.body?.getReader()
  signal?.addEventListener('abort', () => void reader?.cancel(), { once: true })
  const parts: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    parts.push(part.value)
    bytes += part.value.byteLength
    onBytes(bytes)
  }
  return new Blob(parts)
}
