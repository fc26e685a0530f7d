import { ForkChanges } from '@trainyard/contracts'
import { parseFlags } from '@trainyard/schema-fields'
import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { requestFlags } from '../flags/request-flags.ts'
import { type CliDeps, openSession } from '../session.ts'
import { showSubmitted } from '../terminal/submitted-report.ts'
import { watchExperiment } from '../watch/watch-experiment.ts'

const AgainOptions = z.object({
  watch: z.boolean().default(false),
  idempotencyKey: z.string().optional(),
  epoch: z.int().optional(),
  resetOptimizer: z.boolean().optional(),
})

const withCommonOptions = (command: Command): Command =>
  command
    .argument('<id>', 'an id, the beginning of one, or latest')
    .option('--watch', 'follow the new experiment until it ends')
    .option('--idempotency-key <key>', 'a repeat with the same key and flags within 24 hours queues nothing new')

export function addRetry(program: Command, deps: CliDeps): void {
  const command = withCommonOptions(program.command('retry').description('run an experiment that has ended again, as a new one'))
  command.action(async (id: string) => {
    const session = openSession(command, deps)
    const { watch, idempotencyKey } = AgainOptions.parse(command.opts())
    const experiment = await session.client.experiments.retry(id, { idempotencyKey })
    showSubmitted(experiment, { session, watch })
    if (watch) deps.setExitCode(await watchExperiment(experiment, session))
  })
}

export function addFork(program: Command, deps: CliDeps): void {
  const command = withCommonOptions(
    program
      .command('fork')
      .description('go on from a kept epoch of an experiment with other settings, as a new one; show lists what is kept'),
  )
  for (const option of requestFlags(ForkChanges)) command.addOption(option)
  command
    .option('--epoch <number>', 'the kept epoch to begin from (default: the newest)', toEpoch)
    .option('--reset-optimizer', 'begin with a momentum of zero')
    .option('--no-reset-optimizer', 'go on with the momentum, or refuse where it is not kept')
    .action(async (id: string) => {
      const session = openSession(command, deps)
      const { watch, idempotencyKey, epoch, resetOptimizer } = AgainOptions.parse(command.opts())
      const changes = parseFlags(ForkChanges, command.opts())
      const experiment = await session.client.experiments.fork(id, { epoch, changes, resetOptimizer }, { idempotencyKey })
      showSubmitted(experiment, { session, watch })
      if (watch) deps.setExitCode(await watchExperiment(experiment, session))
    })
}

function toEpoch(text: string): number {
  const epoch = Number(text)
  if (Number.isInteger(epoch) && epoch > 0) return epoch
  throw new InvalidArgumentError('It must be the number of an epoch, from 1.')
}
