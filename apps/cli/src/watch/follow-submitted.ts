import type { Experiment } from '@trainyard/contracts'
import { showSubmitted } from '../reports/submitted-report.ts'
import type { CliDeps, Session } from '../terminal/session.ts'
import { watchExperiment } from './watch-experiment.ts'

/** Reports a new experiment, and with --watch follows it; the exit code is how it ended. */
export async function followSubmitted(
  experiment: Experiment,
  { session, watch, deps }: { session: Session; watch: boolean; deps: Pick<CliDeps, 'setExitCode'> },
): Promise<void> {
  showSubmitted(experiment, { session, watch })
  if (watch) deps.setExitCode(await watchExperiment(experiment, session))
}
