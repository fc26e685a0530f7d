import { ExpectedError, ExperimentRequest } from '@trainyard/contracts'
import { commandFlags, parseFlags, readFlagValues } from '@trainyard/schema-fields'
import type { Command } from 'commander'
import { readRequestFile } from '../flags/request-file.ts'
import { requestFlags, typedOptions } from '../flags/request-flags.ts'
import { addSubmitOptions, SubmitOptions } from '../flags/submit-options.ts'
import { type CliDeps, openSession } from '../terminal/session.ts'
import { showDryRun } from '../reports/dry-run-report.ts'
import { followSubmitted } from '../watch/follow-submitted.ts'

export function addSubmit(program: Command, deps: CliDeps): void {
  const command = program
    .command('submit')
    .description('queue an experiment; every flag below has the default of the contract')
    .argument('[file]', 'a YAML or JSON file with its fields, or - for stdin; flags win over it')
  for (const option of requestFlags(ExperimentRequest)) command.addOption(option)
  addSubmitOptions(command, {
    watch: 'follow it until it ends',
    dryRun: 'check it and show shapes and cost; queue nothing',
    repeat: 'key and flags within 24 hours queues nothing new',
  }).action(async (file: string | undefined) => {
    const session = openSession(command, deps)
    const { watch, dryRun, idempotencyKey } = SubmitOptions.parse(command.opts())
    const request =
      file === undefined ? parseFlags(ExperimentRequest, command.opts()) : await requestIn(file, { command, ...session.terminal })
    if (dryRun) return showDryRun(await session.client.experiments.dryRun(request), session)
    const experiment = await session.client.experiments.submit(request, { idempotencyKey })
    await followSubmitted(experiment, { session, watch, deps })
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
