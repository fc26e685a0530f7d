/** `width` characters, full in proportion to the fraction; all of them only at 1. */
export function progressBar(fraction: number, width: number): string {
  const full = Math.floor(Math.min(1, Math.max(0, fraction)) * width)
  return '█'.repeat(full) + '░'.repeat(width - full)
}
