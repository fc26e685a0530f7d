import { ERRORS } from '@trainyard/contracts'
import { Command, InvalidArgumentError, Option } from 'commander'
import { addFork, addRetry } from './commands/rerun.ts'
import { addAudit } from './commands/audit.ts'
import { addCompare } from './commands/compare.ts'
import { addCompletion } from './commands/completion.ts'
import { addDatasets } from './commands/datasets.ts'
import { addDelete } from './commands/delete.ts'
import { addDoctor } from './commands/doctor.ts'
import { addDrain } from './commands/drain.ts'
import { addExport } from './commands/export.ts'
import { addGc } from './commands/gc.ts'
import { addImport } from './commands/import.ts'
import { addKeys } from './commands/keys.ts'
import { addLayers } from './commands/layers.ts'
import { addLesson } from './commands/lesson.ts'
import { addList } from './commands/list.ts'
import { addLogs } from './commands/logs.ts'
import { addLosses } from './commands/losses.ts'
import { addPredict } from './commands/predict.ts'
import { addProbe } from './commands/probe.ts'
import { addReplay } from './commands/replay.ts'
import type { CliDeps } from './terminal/session.ts'
import { addSet } from './commands/set.ts'
import { addShow } from './commands/show.ts'
import { addSubmit } from './commands/submit.ts'
import { addSweep } from './commands/sweep.ts'
import { addUp } from './commands/up.ts'
import { addWait } from './commands/wait.ts'
import { addWatch } from './commands/watch.ts'
import { addLifecycleCommands } from './commands/lifecycle.ts'
import { addWorkers } from './commands/workers.ts'

const EXIT_CODES = `
Exit codes: 0 done, ${ERRORS.INVALID_INPUT.exitCode} wrong input, ${ERRORS.EXPERIMENT_NOT_FOUND.exitCode} not found, \
${ERRORS.WRONG_STATE.exitCode} the state does not allow it, or the watched experiment was canceled, ${ERRORS.API_UNREACHABLE.exitCode} service or Redis away,
${ERRORS.LOSS_DIVERGED.exitCode} the watched experiment failed, 130 Ctrl-C, ${ERRORS.INTERNAL.exitCode} a fault of ours; docs/errors.md explains each.`

/** The whole command line. Usage errors are thrown, not printed. */
export function buildProgram({ defaultUrl, ...deps }: CliDeps & { defaultUrl: string }): Command {
  const program = new Command('trainyard')
    .description('Train networks on flowers: submit experiments, watch their losses.')
    .option('--json', 'print JSON on stdout, errors as JSON on stderr')
    .addOption(new Option('--url <url>', 'where the service is; also TRAINYARD_URL').default(defaultUrl, defaultUrl).argParser(toAddress))
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => void deps.terminal.stdout.write(text), outputError: () => {} })
    .exitOverride()
    .addHelpText('after', EXIT_CODES)
  const results = [addList, addShow, addWatch, addWait, addCompare, addLosses, addLayers, addLogs]
  const lives = [addLifecycleCommands, addRetry, addFork, addReplay, addSet, addDelete]
  const models = [addPredict, addExport, addImport]
  const sweeps = [addSweep]
  const operating = [addDatasets, addWorkers, addDrain, addKeys, addAudit, addGc, addDoctor, addCompletion]
  for (const add of [addUp, addLesson, addSubmit, ...results, ...lives, ...sweeps, ...models, addProbe, ...operating]) add(program, deps)
  return program
}

function toAddress(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text
  throw new InvalidArgumentError('It must be an address like http://127.0.0.1:8787.')
}
