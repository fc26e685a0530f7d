import { fromJsonNumber, type JsonNumber } from '@trainyard/contracts'

const [WIDTH, HEIGHT, ROOM] = [96, 24, 2]

/** Losses as a line as wide as a word; what is no finite number is a gap. The numbers are beside it, so screen readers skip it. */
export function Sparkline({ losses }: { losses: readonly JsonNumber[] | undefined }) {
  return (
    <svg className="sparkline" width={WIDTH} height={HEIGHT} aria-hidden="true">
      {losses && <path d={sparklinePath(losses.map(fromJsonNumber))} />}
    </svg>
  )
}

/** From the left to the right edge, the highest at the top. */
export function sparklinePath(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite)
  const [lowest, highest] = [Math.min(...finite), Math.max(...finite)]
  const across = (WIDTH - 2 * ROOM) / Math.max(1, values.length - 1)
  const place = (value: number, i: number): string => {
    const height = highest === lowest ? 0.5 : (value - lowest) / (highest - lowest)
    return `${(ROOM + i * across).toFixed(1)} ${(HEIGHT - ROOM - height * (HEIGHT - 2 * ROOM)).toFixed(1)}`
  }
  // a lone point shows as a dot: a line of no length with round ends
  return values
    .map((value, i) => {
      if (!Number.isFinite(value)) return ''
      const begins = !Number.isFinite(values[i - 1] ?? NaN)
      return `${begins ? 'M' : 'L'}${place(value, i)}${begins && !Number.isFinite(values[i + 1] ?? NaN) ? 'h0' : ''}`
    })
    .join('')
}
