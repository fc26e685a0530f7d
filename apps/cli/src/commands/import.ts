import { openAsBlob } from 'node:fs'
import path from 'node:path'
import { ExpectedError, ExperimentRequest, RunFields, TrainingFields, type UploadedWeights } from '@trainyard/contracts'
import { describeNetwork } from '@trainyard/pytorch'
import { commandFlags, flagOf, InvalidFlagsError, readFlagValues } from '@trainyard/schema-fields'
import type { Command } from 'commander'
import { requestFlags, typedOptions } from '../flags/request-flags.ts'
import { addSubmitOptions, SubmitOptions } from '../flags/submit-options.ts'
import { type CliDeps, openSession } from '../terminal/session.ts'
import { showDryRun } from '../reports/dry-run-report.ts'
import { followSubmitted } from '../watch/follow-submitted.ts'

/** All fields of an experiment, except those that its weights determine. */
const ImportFields = TrainingFields.extend(RunFields.shape).omit({
  imageSize: true,
  depth: true,
  width: true,
  layerSizes: true,
  normAffine: true,
  bias: true,
})

export function addImport(program: Command, deps: CliDeps): void {
  const command = program
    .command('import')
    .description('queue an experiment that starts from the weights of a PyTorch model; they determine the network')
    .argument('<file>', "weights.safetensors, of save_file(model.state_dict(), 'weights.safetensors')")
  for (const option of requestFlags(ImportFields)) command.addOption(option)
  addSubmitOptions(command, {
    watch: 'follow it until it ends',
    dryRun: 'upload and check them, and show shapes and cost; queue nothing',
    repeat: 'key, weights and flags within 24 hours queues nothing new',
  }).action(async (file: string) => {
    const session = openSession(command, deps)
    const { watch, dryRun, idempotencyKey } = SubmitOptions.parse(command.opts())
    const typed = readFlagValues(commandFlags(ImportFields), typedOptions(command))
    const weights = await session.client.weights.upload(await openFile(file))
    if (!session.json) session.print(`${path.basename(file)} has weights for ${describeNetwork(weights.network)}`)
    const request = requestFor(weights, typed)
    if (dryRun) return showDryRun(await session.client.experiments.dryRun(request), session)
    const experiment = await session.client.experiments.submit(request, { idempotencyKey })
    await followSubmitted(experiment, { session, watch, deps })
  })
}

/** As it is read, so that its size does not matter. */
async function openFile(file: string): Promise<Blob> {
  try {
    return await openAsBlob(file)
  } catch (cause) {
    throw new ExpectedError('INVALID_INPUT', `${file} cannot be read; name a safetensors file`, { cause })
  }
}

/** Flags win over what the weights determine: the service refuses what does not fit them. */
function requestFor({ id, network }: UploadedWeights, typed: Record<string, unknown>): ExperimentRequest {
  if (network.norm === null && typed['norm'] === undefined)
    throw new InvalidFlagsError([
      { flag: flagOf('norm'), detail: 'must be layer, or group with its --group-size: the weights of the two look alike' },
    ])
  const parsed = Object.entries(network).filter(([, value]) => value !== null)
  const request = ExperimentRequest.safeParse({ ...Object.fromEntries(parsed), ...typed, initialWeights: id })
  if (request.success) return request.data
  throw new InvalidFlagsError(request.error.issues.map(({ path: [field], message }) => ({ flag: flagOf(String(field)), detail: message })))
}
