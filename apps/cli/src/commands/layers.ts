import { formatShare, fromJsonNumber, type JsonNumber, type LayerRow } from '@trainyard/contracts'
import type { Command } from 'commander'
import { z } from 'zod'
import { type CliDeps, openSession, type Session } from '../terminal/session.ts'
import { sparkline } from '../terminal/sparkline.ts'
import { type Column, tableLines } from '../terminal/text-table.ts'
import { tickText } from '../terminal/terminal-plot.ts'

const STRIP_WIDTH = 40
const LayersOptions = z.object({ epoch: z.coerce.number().int().min(1).optional() })

export function addLayers(program: Command, deps: CliDeps): void {
  const command = program
    .command('layers')
    .description('signal of every layer: the last epoch as a table, and its course over the epochs')
    .argument('<id>', 'an id, the beginning of one, or latest')
    .option('--epoch <number>', 'the table of this epoch')
    .action(async (id: string) => {
      const session = openSession(command, deps)
      const { epoch } = LayersOptions.parse(command.opts())
      const layers = await session.client.experiments.layers(id)
      if (session.json)
        return session.printJson(epoch === undefined ? layers : { items: layers.items.filter((row) => row.epoch === epoch) })
      const shown = layers.items.filter((row) => row.epoch === (epoch ?? layers.items.at(-1)?.epoch))
      if (shown.length === 0) return session.print(emptyText(layers.items.length > 0, id))
      const { header, lines } = tableLines(COLUMNS, shown)
      session.print(`epoch ${shown[0]?.epoch}`, session.style('dim', header), ...lines, '', ...strips(layers.items, session))
    })
}

function emptyText(others: boolean, id: string): string {
  return others
    ? 'no such epoch has been recorded'
    : `no layers are recorded: either no epoch has ended, or it was submitted with --no-record-layers; trainyard show ${id}`
}

const number = (title: string, value: (row: LayerRow) => JsonNumber): Column<LayerRow> => ({
  title,
  value: (row) => tickText(fromJsonNumber(value(row))),
  align: 'right',
})

const COLUMNS: readonly Column<LayerRow>[] = [
  { title: 'layer', value: ({ layer, kind }) => `${layer} ${kind}` },
  number('output norm', ({ outputNorm }) => outputNorm),
  number('mean', ({ mean }) => mean),
  number('std', ({ std }) => std),
  number('std before', ({ preStd }) => preStd),
  { title: 'dead', value: ({ deadShare }) => formatShare(deadShare), align: 'right' },
  number('gradient', ({ gradientNorm }) => gradientNorm),
  number('update/weight', ({ updateRatio }) => updateRatio),
]

/** How each layer's numbers went, epoch by epoch: a strip per layer, from its lowest to its highest. */
function strips(rows: readonly LayerRow[], { style }: Pick<Session, 'style'>): string[] {
  const byLayer = [...Map.groupBy(rows, ({ layer }) => layer)]
  const strip = (title: string, value: (row: LayerRow) => JsonNumber | null, format = tickText): string[] => [
    style('dim', `${title}, epoch by epoch`),
    ...byLayer.flatMap(([layer, own]) => {
      const values = own.flatMap((row) => value(row) ?? []).map(fromJsonNumber)
      if (values.length === 0) return []
      const ends = `${format(values[0] ?? NaN)} → ${format(values.at(-1) ?? NaN)}`
      return `  ${String(layer).padStart(2)} ${style('cyan', sparkline(values, STRIP_WIDTH))} ${ends}`
    }),
  ]
  return [
    ...strip('output norm', ({ outputNorm }) => outputNorm),
    ...strip('dead units', ({ deadShare }) => deadShare, formatShare),
    ...strip('gradient norm', ({ gradientNorm }) => gradientNorm),
    ...strip('update / weight', ({ updateRatio }) => updateRatio),
  ]
}
