/** Cividis: ordered in lightness, also for readers with red-green colour blindness (Nuñez et al. 2018, https://doi.org/10.1371/journal.pone.0199239). */
const CIVIDIS = ['#00224e', '#123570', '#3b496c', '#575d6d', '#707173', '#8a8678', '#a59c74', '#c3b369', '#e1cc55', '#fee838'] as const

type Colour = readonly [red: number, green: number, blue: number]

const STOPS: readonly Colour[] = CIVIDIS.map((hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))).map(
  ([red = 0, green = 0, blue = 0]) => [red, green, blue],
)

/** For CSS, from the lowest to the highest. */
export const CIVIDIS_GRADIENT = `linear-gradient(to right, ${CIVIDIS.join(', ')})`

/** From 0, the darkest, to 1. */
export function cividis(fraction: number): Colour {
  const place = Math.max(0, Math.min(1, fraction)) * (STOPS.length - 1)
  const [low, high] = [STOPS[Math.floor(place)], STOPS[Math.ceil(place)]]
  if (!low || !high) return [0, 0, 0]
  const part = place - Math.floor(place)
  const mix = (a: number, b: number): number => Math.round(a + (b - a) * part)
  return [mix(low[0], high[0]), mix(low[1], high[1]), mix(low[2], high[2])]
}

export interface HeatScale {
  low: number
  high: number
  log: boolean
  /** Between 0 and 1; null: no such number can be shown. */
  place(value: number): number | null
}

/** From the lowest to the highest of `values`, or between given ends. On a log scale zero has the place of the lowest. */
export function heatScale(values: Iterable<number>, { log, ends }: { log: boolean; ends?: readonly [number, number] }): HeatScale {
  let [low, high] = ends ?? [Infinity, -Infinity]
  if (!ends)
    for (const value of values) {
      if (!Number.isFinite(value) || (log && value <= 0)) continue
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  const turn = (value: number): number => (log ? Math.log(value) : value)
  return {
    low,
    high,
    log,
    place(value) {
      if (!Number.isFinite(value) || low > high || (log && value < 0)) return null
      if (log && value === 0) return 0
      return low === high ? 0.5 : (turn(value) - turn(low)) / (turn(high) - turn(low))
    },
  }
}
