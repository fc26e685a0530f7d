import { type Comparison, formatLoss, formatShare, fromJsonNumber } from '@trainyard/contracts'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { plotStyle } from '../terminal/plot-style.ts'
import { type CliDeps, openSession, type Session } from '../terminal/session.ts'
import { plotLines } from '../terminal/terminal-plot.ts'
import { type Column, printable, tableLines } from '../terminal/text-table.ts'

const MARKS = ['o', '+', 'x', '*', '#', '@']
const ROWS = 15
const MAX_COLUMNS = 80
const AXIS_COLUMNS = 12
const MEASURES = ['loss', 'accuracy', 'evalLoss', 'evalAccuracy'] as const
const CompareOptions = z.object({ measure: z.enum(MEASURES).optional() })

export function addCompare(program: Command, deps: CliDeps): void {
  const command = program
    .command('compare')
    .description('plot the curves of several experiments, and list the config fields that differ')
    .argument('<ids...>', 'ids, beginnings of them, or latest; at most 50')
    .addOption(new Option('--measure <name>', 'what to plot (default: loss, and evalAccuracy where it was measured)').choices(MEASURES))
    .action(async (ids: string[]) => {
      const session = openSession(command, deps)
      const { measure } = CompareOptions.parse(command.opts())
      const comparison = await session.client.experiments.compare(ids)
      if (session.json) return session.printJson(comparison)
      const hasAccuracy = comparison.items.some(({ evalAccuracy }) => evalAccuracy.some((each) => each !== null))
      const measures = measure ? [measure] : hasAccuracy ? (['loss', 'evalAccuracy'] as const) : (['loss'] as const)
      for (const each of measures) session.print(...curves(comparison, { measure: each, session }), '')
      session.print(...differences(comparison, session))
    })
}

const markOf = (i: number): string => MARKS[i % MARKS.length] ?? 'o'

function curves(
  { experiments, items }: Comparison,
  { measure, session }: { measure: (typeof MEASURES)[number]; session: Session },
): string[] {
  const { columns, paint } = plotStyle(session)
  const series = experiments.map(({ id, name }, i) => ({
    name: printable(name ?? id),
    mark: markOf(i),
    points: items.flatMap((row) => {
      const value = row[measure][i] ?? null
      return value === null ? [] : [{ x: row.epoch, y: fromJsonNumber(value) }]
    }),
  }))
  return plotLines({ series, paint, xLabel: 'epoch', yLabel: measure, rows: ROWS, columns: Math.min(MAX_COLUMNS, columns - AXIS_COLUMNS) })
}

function differences({ experiments, differing }: Comparison, session: Session): string[] {
  const fields = differing.map((field): Column<(typeof experiments)[number]> => ({
    title: field,
    value: ({ differing: own }) => String(own[field] ?? '–'),
    align: 'right',
  }))
  const marks = new Map(experiments.map(({ id }, i) => [id, markOf(i)]))
  const columns: Column<(typeof experiments)[number]>[] = [
    { title: '', value: ({ id }) => marks.get(id) ?? '' },
    { title: 'id', value: ({ id }) => id },
    { title: 'state', value: ({ state }) => state },
    { title: 'epoch', value: ({ latest }) => String(latest?.epoch ?? 0), align: 'right' },
    { title: 'loss', value: ({ latest }) => formatLoss(latest?.loss ?? null), align: 'right' },
    { title: 'best acc.', value: ({ best }) => formatShare(best?.evalAccuracy ?? null), align: 'right' },
    ...fields,
    { title: 'name', value: ({ name }) => name ?? '' },
  ]
  const { header, lines } = tableLines(columns, experiments)
  return [session.style('dim', header), ...lines, ...(differing.length === 0 ? ['their configs are equal'] : [])]
}
