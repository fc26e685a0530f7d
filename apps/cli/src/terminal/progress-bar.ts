/** `width` characters, as many of them full as the fraction says; all are only when it is done. */
export function progressBar(fraction: number, width: number): string {
  const full = Math.floor(Math.min(1, Math.max(0, fraction)) * width)
  return '█'.repeat(full) + '░'.repeat(width - full)
}
