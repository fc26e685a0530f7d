import { ERRORS } from '@trainyard/contracts'
import { Command } from 'commander'
import { addCancel } from './cancel.ts'
import { addDatasets } from './datasets.ts'
import { addDoctor } from './doctor.ts'
import { addList } from './list.ts'
import { addLogs } from './logs.ts'
import { addLosses } from './losses.ts'
import type { CliDeps } from './session.ts'
import { addShow } from './show.ts'
import { addSubmit } from './submit.ts'
import { addUp } from './up.ts'
import { addWatch } from './watch.ts'
import { addWorkers } from './workers.ts'

const EXIT_CODES = `
Exit codes: 0 done, 1 the watched experiment was canceled, ${ERRORS.INVALID_INPUT.exitCode} wrong input, ${ERRORS.EXPERIMENT_NOT_FOUND.exitCode} not found, \
${ERRORS.WRONG_STATE.exitCode} not in this state, ${ERRORS.API_UNREACHABLE.exitCode} service or Redis away,
${ERRORS.LOSS_DIVERGED.exitCode} to ${ERRORS.DISK_FULL.exitCode} the watched experiment failed, ${ERRORS.INTERNAL.exitCode} a fault of ours; docs/errors.md explains each.`

/** The whole command line. Usage errors are thrown, not printed. */
export function buildProgram({ defaultUrl, ...deps }: CliDeps & { defaultUrl: string }): Command {
  const program = new Command('trainyard')
    .description('Train networks on flowers: submit experiments, watch their losses.')
    .option('--json', 'answer with JSON on stdout, errors as JSON on stderr')
    .option('--url <url>', 'where the service is; also TRAINYARD_URL', defaultUrl)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .addHelpText('after', EXIT_CODES)
  for (const add of [addUp, addSubmit, addList, addShow, addWatch, addLosses, addLogs, addCancel, addDatasets, addWorkers, addDoctor])
    add(program, deps)
  return program
}
