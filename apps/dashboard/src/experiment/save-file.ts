/** The answer's bytes, told of as they come. */
export async function readFile(response: Response, { onBytes }: { onBytes: (bytes: number) => void }): Promise<Blob> {
  const reader = response.body?.getReader()
  const parts: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    parts.push(part.value)
    bytes += part.value.length
    onBytes(bytes)
  }
  return new Blob(parts)
}

/** Has the browser save it: no key stands in an address, so what needs one is fetched before. */
export function saveFile(blob: Blob, { name }: { name: string }): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // Chromium and Firefox have taken it by then
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
