import { type DryRun, formatBytes, formatCount, formatShare } from '@trainyard/contracts'
import type { Session } from '../terminal/session.ts'
import { tickText } from '../terminal/terminal-plot.ts'
import { type Column, tableLines } from '../terminal/text-table.ts'

/** What a batch will be at each layer before training, and what its gradient. */
function signalTable(layers: DryRun['signal']['layers']): string[] {
  const { header, lines } = tableLines(SIGNAL_COLUMNS, layers)
  return [header, ...lines]
}

const SIGNAL_COLUMNS: readonly Column<DryRun['signal']['layers'][number]>[] = [
  { title: 'layer', value: ({ layer, kind }) => `${layer} ${kind}` },
  { title: 'output norm', value: ({ outputNorm }) => tickText(outputNorm), align: 'right' },
  { title: 'bias share', value: ({ biasShare }) => formatShare(biasShare), align: 'right' },
  { title: 'image share', value: ({ imageShare }) => formatShare(imageShare), align: 'right' },
  { title: 'gradient', value: ({ gradientNorm }) => tickText(gradientNorm), align: 'right' },
]

/** Shapes, cost and forecast of what would have been queued. */
export function showDryRun(dryRun: DryRun, session: Session): void {
  if (session.json) return session.printJson(dryRun)
  const { shapes, counts, parameters, memoryBytes, flopsPerEpoch, config, firstLayer, warnings } = dryRun
  const shape = (sizes: readonly number[]): string => `[${sizes.join(', ')}]`
  session.print(
    'dry run: nothing was queued',
    `  images          ${shape(shapes.images)}`,
    `  targets         ${shape(shapes.targets)}`,
    ...shapes.hidden.map((sizes, i) => `  hidden layer ${String(i + 1).padEnd(2)} ${shape(sizes)}`),
    `  logits          ${shape(shapes.logits)}`,
    `  parameters      ${formatCount(parameters)}`,
    `  first layer     ${config.firstLayer}. ${firstLayer.reason}`,
    `  memory          at most ${formatBytes(memoryBytes)}`,
    `  steps           ${formatCount(counts.stepsPerEpoch)} per epoch, ${formatCount(counts.steps)} in all`,
    `  FLOPs per epoch ${flopsPerEpoch.toExponential(2)}`,
    `  config hash     ${dryRun.configHash}`,
    '',
    `signal: ${dryRun.signal.verdict}. ${dryRun.signal.advice}`,
    ...signalTable(dryRun.signal.layers),
  )
  for (const warning of warnings) session.warn(`warning: ${warning}`)
}
