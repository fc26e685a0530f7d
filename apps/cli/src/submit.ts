import { commandFlags, type DryRun, ExpectedError, ExperimentRequest, parseFlags, readFlagValues } from '@trainyard/contracts'
import type { Command } from 'commander'
import { z } from 'zod'
import { formatBytes, formatCount, formatShare } from './measures.ts'
import { readRequestFile } from './request-file.ts'
import { requestFlags, typedOptions } from './request-flags.ts'
import { type CliDeps, openSession, type Session } from './session.ts'
import { showSubmitted } from './show-submitted.ts'
import { tickText } from './terminal-plot.ts'
import { type Column, tableLines } from './text-table.ts'
import { watchExperiment } from './watch-experiment.ts'

const SubmitOptions = z.object({
  watch: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  idempotencyKey: z.string().optional(),
})

export function addSubmit(program: Command, deps: CliDeps): void {
  const command = program
    .command('submit')
    .description('queue an experiment; every flag below has the default of the contract')
    .argument('[file]', 'a YAML or JSON file with its fields, or - for stdin; flags win over it')
  for (const option of requestFlags(ExperimentRequest)) command.addOption(option)
  command
    .option('--watch', 'follow it until it ends')
    .option('--dry-run', 'check it and show shapes and cost; queue nothing')
    .option('--idempotency-key <key>', 'a repeat with the same key and flags within 24 hours queues nothing new')
    .action(async (file: string | undefined) => {
      const session = openSession(command, deps)
      const { watch, dryRun, idempotencyKey } = SubmitOptions.parse(command.opts())
      const request = file === undefined ? parseFlags(ExperimentRequest, command.opts()) : await requestIn(file, command)
      if (dryRun) return showDryRun(await session.client.experiments.dryRun(request), session)
      const experiment = await session.client.experiments.submit(request, { idempotencyKey })
      showSubmitted(experiment, { session, watch })
      if (watch) deps.setExitCode(await watchExperiment(experiment, session))
    })
}

/** The file's fields, and over them what was typed. */
async function requestIn(file: string, command: Command): Promise<ExperimentRequest> {
  const request = ExperimentRequest.safeParse({
    ...(await readRequestFile(file)),
    ...readFlagValues(commandFlags(ExperimentRequest), typedOptions(command)),
  })
  if (request.success) return request.data
  const faults = request.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new ExpectedError('INVALID_INPUT', `${file}: ${faults.join('; ')}`)
}

/** What a batch will be at each layer before training, and what its gradient. */
function signalTable(layers: DryRun['signal']['layers']): string[] {
  const { header, lines } = tableLines(SIGNAL_COLUMNS, layers)
  return [header, ...lines]
}

const SIGNAL_COLUMNS: readonly Column<DryRun['signal']['layers'][number]>[] = [
  { title: 'layer', value: ({ layer, kind }) => `${layer} ${kind}` },
  { title: 'output norm', value: ({ outputNorm }) => tickText(outputNorm), align: 'right' },
  { title: 'of it bias', value: ({ biasShare }) => formatShare(biasShare), align: 'right' },
  { title: 'differs by image', value: ({ imageShare }) => formatShare(imageShare), align: 'right' },
  { title: 'gradient', value: ({ gradientNorm }) => tickText(gradientNorm), align: 'right' },
]

function showDryRun(dryRun: DryRun, session: Session): void {
  if (session.json) return session.printJson(dryRun)
  const { shapes, counts, parameters, memoryBytes, flopsPerEpoch, config, firstLayer, warnings } = dryRun
  const shape = (sizes: readonly number[]): string => `[${sizes.join(', ')}]`
  session.print(
    'nothing was queued; this is what it would be',
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
