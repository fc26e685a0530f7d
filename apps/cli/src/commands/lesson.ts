import { DatasetName } from '@trainyard/contracts'
import type { Command } from 'commander'
import { Option } from 'commander'
import { z } from 'zod'
import { awaitProbe } from '../watch/await-probe.ts'
import { followLesson, submitLesson } from '../lesson/lesson-runs.ts'
import { lessonView } from '../lesson/lesson-view.ts'
import { formatLesson, nextCommands } from '../lesson/lesson-text.ts'
import { depthReport } from '../reports/probe-report.ts'
import { plotStyle } from '../terminal/plot-style.ts'
import { FAILED_EXIT_CODE, INTERRUPTED_EXIT_CODE } from '../watch/exit-codes.ts'
import { type CliDeps, openSession } from '../terminal/session.ts'

const LessonOptions = z.object({ dataset: DatasetName })

export function addLesson(program: Command, deps: CliDeps): void {
  const command = program
    .command('lesson')
    .description('the notebook in two minutes: a deep network without, with batch and with layer norm, then the table of norms by depth')
    .addOption(new Option('--dataset <name>', 'what to train on').choices(DatasetName.options).default('synthetic-flowers'))
    .action(async () => {
      const session = openSession(command, deps)
      const { dataset } = LessonOptions.parse(command.opts())
      const runs = await submitLesson(session.client, dataset)
      const signal = session.terminal.listenForInterrupt()
      const view = lessonView(session, runs)
      await followLesson(runs, { client: session.client, signal, onChange: view.show }).finally(view.close)
      if (signal.aborted) {
        session.warn('no longer watching; the experiments continue: trainyard list --tag lesson')
        return deps.setExitCode(INTERRUPTED_EXIT_CODE)
      }
      const failed = runs.find(({ error }) => error)
      if (failed?.error) {
        session.warn(`${failed.title}: ${failed.error}`)
        return deps.setExitCode(FAILED_EXIT_CODE)
      }
      const probe = await awaitProbe({}, session)
      if (session.json)
        return session.printJson({ runs: runs.map(({ title, experiment, epochs }) => ({ title, id: experiment.id, epochs })), probe })
      session.print('', ...depthReport(probe, plotStyle(session)), '', ...formatLesson(runs, probe), '', ...nextCommands(runs))
    })
}
