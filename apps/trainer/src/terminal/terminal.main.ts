import process from 'node:process'
import { parseArgs } from 'node:util'
import { errorMessage, ERRORS, ExpectedError, ExperimentRequest, RunFields, TrainingFields } from '@trainyard/contracts'
import { networkCost, resolveConfig } from '@trainyard/planning'
import { commandFlags, parseFlags } from '@trainyard/schema-fields'
import { loadEngine } from '@trainyard/tensorflow'
import { measureSpeed } from '@trainyard/training'
import { readTrainerFolders } from '../environment.ts'
import { createDeviceKernel } from '../splits/device-kernel.ts'
import { createDeviceSplits } from '../splits/device-cache.ts'
import { epochLine, header, helpText } from './terminal-text.ts'
import { trainInTerminal } from './train-in-terminal.ts'

/** `npm run train -- --depth 3 --epochs 5`: trains here, with no service, no queue and no Redis. */
async function main(args: string[]): Promise<void> {
  const flags = commandFlags(TrainingFields.extend({ firstLayer: RunFields.shape.firstLayer }))
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(flags.map(({ flag, kind }) => [flag.slice(2), { type: kind === 'boolean' ? 'boolean' : 'string' } as const])),
    },
  })
  if (values['help']) return print(helpText(flags))
  // The whole request's rules, so that the terminal refuses what the service would.
  const request = parseFlags(ExperimentRequest, values)
  const { engine, tf } = loadEngine(process.env)
  const config = resolveConfig(request, request.firstLayer === 'auto' ? await measureSpeed(tf) : null)
  print(header(config, { engine, parameters: networkCost(config).parameters }))

  const abort = new AbortController()
  process.once('SIGINT', () => abort.abort())
  const folders = readTrainerFolders(process.env)
  await trainInTerminal({
    tf,
    config,
    splits: createDeviceSplits(tf, folders),
    kernels: createDeviceKernel(tf, folders.data),
    signal: abort.signal,
    onProgress: process.stderr.isTTY ? (text) => process.stderr.write(`\r\u001b[K${text}`) : () => undefined,
    onEpoch: (result) => print(epochLine(result, config)),
  })
}

const print = (text: string): void => void process.stdout.write(`${text}\n`)

function fail(error: unknown): void {
  if (error instanceof Error && error.name === 'AbortError') {
    process.stderr.write('Stopped.\n')
    process.exitCode = 130
    return
  }
  const known = error instanceof ExpectedError
  const message = errorMessage(error)
  process.stderr.write(`${message}\n`)
  process.exitCode = known ? ERRORS[error.code].exitCode : isUsage(error) ? ERRORS.INVALID_INPUT.exitCode : ERRORS.INTERNAL.exitCode
}

function isUsage(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  fail(error)
}
