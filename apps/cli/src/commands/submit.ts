import { ExpectedError, ExperimentRequest } from '@trainyard/contracts'
import { commandFlags, parseFlags, readFlagValues } from '@trainyard/schema-fields'
import type { Command } from 'commander'
import { z } from 'zod'
import { readRequestFile } from '../flags/request-file.ts'
import { requestFlags, typedOptions } from '../flags/request-flags.ts'
import { type CliDeps, openSession } from '../session.ts'
import { showDryRun } from '../terminal/dry-run-report.ts'
import { showSubmitted } from '../terminal/submitted-report.ts'
import { watchExperiment } from '../watch/watch-experiment.ts'

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
      const request =
        file === undefined ? parseFlags(ExperimentRequest, command.opts()) : await requestIn(file, { command, ...session.terminal })
      if (dryRun) return showDryRun(await session.client.experiments.dryRun(request), session)
      const experiment = await session.client.experiments.submit(request, { idempotencyKey })
      showSubmitted(experiment, { session, watch })
      if (watch) deps.setExitCode(await watchExperiment(experiment, session))
    })
}

/** The file's fields, and over them what was typed. */
async function requestIn(file: string, { command, stdin }: { command: Command; stdin: NodeJS.ReadableStream }): Promise<ExperimentRequest> {
  const request = ExperimentRequest.safeParse({
    ...(await readRequestFile(file, { stdin })),
    ...readFlagValues(commandFlags(ExperimentRequest), typedOptions(command)),
  })
  if (request.success) return request.data
  const faults = request.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new ExpectedError('INVALID_INPUT', `${file}: ${faults.join('; ')}`)
}
