import { ForkChanges } from '@trainyard/contracts'
import { parseFlags } from '@trainyard/schema-fields'
import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { requestFlags } from '../flags/request-flags.ts'
import { addSubmitOptions, SubmitOptions } from '../flags/submit-options.ts'
import { type CliDeps, openSession } from '../terminal/session.ts'
import { followSubmitted } from '../watch/follow-submitted.ts'

const ForkOptions = SubmitOptions.extend({ epoch: z.int().optional(), resetOptimizer: z.boolean().optional() })

const withCommonOptions = (command: Command): Command =>
  addSubmitOptions(command.argument('<id>', 'an id, the beginning of one, or latest'), {
    watch: 'follow the new experiment until it ends',
    repeat: 'key and flags within 24 hours queues nothing new',
  })

export function addRetry(program: Command, deps: CliDeps): void {
  const command = withCommonOptions(program.command('retry').description('rerun an ended experiment as a new one'))
  command.action(async (id: string) => {
    const session = openSession(command, deps)
    const { watch, idempotencyKey } = SubmitOptions.parse(command.opts())
    const experiment = await session.client.experiments.retry(id, { idempotencyKey })
    await followSubmitted(experiment, { session, watch, deps })
  })
}

export function addFork(program: Command, deps: CliDeps): void {
  const command = withCommonOptions(
    program
      .command('fork')
      .description('start a new experiment from a retained epoch of another, with other settings; show lists the fork points'),
  )
  for (const option of requestFlags(ForkChanges)) command.addOption(option)
  command
    .option('--epoch <number>', 'the fork point to start from (default: the newest)', toEpoch)
    .option('--reset-optimizer', 'start with a momentum of zero')
    .option('--no-reset-optimizer', 'continue with the momentum; an error where it was not retained')
    .action(async (id: string) => {
      const session = openSession(command, deps)
      const { watch, idempotencyKey, epoch, resetOptimizer } = ForkOptions.parse(command.opts())
      const changes = parseFlags(ForkChanges, command.opts())
      const experiment = await session.client.experiments.fork(id, { epoch, changes, resetOptimizer }, { idempotencyKey })
      await followSubmitted(experiment, { session, watch, deps })
    })
}

function toEpoch(text: string): number {
  const epoch = Number(text)
  if (Number.isInteger(epoch) && epoch > 0) return epoch
  throw new InvalidArgumentError('It must be the number of an epoch, from 1.')
}
