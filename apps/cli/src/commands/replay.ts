import type { Experiment } from '@trainyard/contracts'
import type { Command } from 'commander'
import { z } from 'zod'
import { type CliDeps, openSession, type Session } from '../terminal/session.ts'
import { showSubmitted } from '../reports/submitted-report.ts'
import { watchExperiment } from '../watch/watch-experiment.ts'

const ReplayOptions = z.object({ wait: z.boolean(), idempotencyKey: z.string().optional() })
const DIFFERS_EXIT_CODE = 1

export function addReplay(program: Command, deps: CliDeps): void {
  const command = program
    .command('replay')
    .description('rerun an ended experiment, and report whether all its epochs are equal, bit for bit')
    .argument('<id>', 'an id, the beginning of one, or latest')
    .option('--no-wait', 'only queue it; show has the result later')
    .option('--idempotency-key <key>', 'a repeat with the same key within 24 hours queues nothing new')
    .action(async (id: string) => {
      const session = openSession(command, deps)
      const { wait, idempotencyKey } = ReplayOptions.parse(command.opts())
      const original = await session.client.experiments.get(id)
      const replay = await session.client.experiments.replay(original.id, { idempotencyKey })
      showSubmitted(replay, { session, watch: wait })
      if (!wait) return
      const code = await watchExperiment(replay, session)
      deps.setExitCode(code === 0 ? tellReplay({ original, replay: await session.client.experiments.get(replay.id) }, session) : code)
    })
}

/** Prints how it compares; returns the exit code. */
function tellReplay({ original, replay }: { original: Experiment; replay: Experiment }, session: Session): number {
  if (session.json) session.printJson({ type: 'replay', data: replay.replay })
  else session.print(formatReplay(replay) ?? 'nothing was compared', ...formatEnvironments(original, replay))
  return replay.replay?.difference === null ? 0 : DIFFERS_EXIT_CODE
}

/** How a replay compares with its original; null: it is none. */
export function formatReplay({ replay }: Experiment): string | null {
  if (!replay) return null
  const { of, comparedEpochs, difference } = replay
  if (!difference) return `all ${comparedEpochs} epochs equal those of ${of}, bit for bit (weights and losses)`
  const where = difference.layer === null ? 'losses, but no weights' : `layer ${difference.layer}`
  return `differs from ${of} from epoch ${difference.epoch} on: ${where}`
}

/** Other engines, devices and numbers of threads round otherwise. */
function formatEnvironments({ engine: then }: Experiment, { engine: now }: Experiment): string[] {
  if (!then || !now) return []
  const fields = (['name', 'version', 'device', 'threads'] as const).filter((field) => then[field] !== now[field])
  return fields.map((field) => `the engine's ${field} was ${then[field]}, and is ${now[field]}`)
}
