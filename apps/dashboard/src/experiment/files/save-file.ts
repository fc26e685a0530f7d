/** Has the browser save it: no key stands in an address, so what needs one is fetched before. */
export function saveFile(blob: Blob, { name }: { name: string }): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // Chromium and Firefox have taken it by then
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
