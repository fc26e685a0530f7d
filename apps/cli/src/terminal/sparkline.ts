const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/** The last `width` values as a row of bars, from the lowest to the highest among them; what is no finite number is a gap. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-width)
  const finite = shown.filter(Number.isFinite)
  const lowest = Math.min(...finite)
  const range = Math.max(...finite) - lowest
  const bar = (value: number): string => BARS[range === 0 ? 0 : Math.round(((value - lowest) / range) * (BARS.length - 1))] ?? ' '
  return shown.map((value) => (Number.isFinite(value) ? bar(value) : ' ')).join('')
}
