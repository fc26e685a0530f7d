import type { Session } from './session.ts'

const COLOURS = ['red', 'cyan', 'green', 'yellow'] as const
const PLAIN_COLUMNS = 80

/** How wide a plot may be, and a colour for each of its series. */
export function plotStyle({ terminal, style }: Pick<Session, 'terminal' | 'style'>) {
  return {
    columns: terminal.stdout.columns > 0 ? terminal.stdout.columns : PLAIN_COLUMNS,
    paint: (text: string, series: number): string => style(COLOURS[series % COLOURS.length] ?? 'cyan', text),
  }
}
