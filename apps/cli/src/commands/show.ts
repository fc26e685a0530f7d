import { type Attempt, type Experiment, formatSeconds } from '@trainyard/contracts'
import type { Command } from 'commander'
import { epochSummary } from '../reports/epoch-table.ts'
import { queuePlace } from '../reports/queue-position.ts'
import { formatReplay } from './replay.ts'
import { type CliDeps, openSession, type Session } from '../terminal/session.ts'
import { styledState } from '../terminal/state-colour.ts'
import { printable } from '../terminal/text-table.ts'

export function addShow(program: Command, deps: CliDeps): void {
  const command = program
    .command('show')
    .description('everything about one experiment')
    .argument('<id>', 'an id, the beginning of one, or latest')
    .action(async (id: string) => {
      const session = openSession(command, deps)
      const experiment = await session.client.experiments.get(id)
      if (session.json) return session.printJson(experiment)
      session.print(...describe(experiment, session))
    })
}

function describe(experiment: Experiment, session: Session): string[] {
  const { id, name, tags, notes, state, reason, latest, best, engine, attempts, transitions, error, warnings } = experiment
  const rows: [string, string | null][] = [
    ['id', id],
    ['name', name],
    ['tags', tags.join(', ') || null],
    ['notes', notes],
    ['state', `${styledState(state, session)} (${reason})`],
    ['parent', formatParent(experiment)],
    ['replay', formatReplay(experiment)],
    ['queue', queuePlace(experiment)],
    ['progress', progressOf(experiment)],
    ['latest', latest && `epoch ${latest.epoch}: ${epochSummary(latest)}`],
    ['best', best && `epoch ${best.epoch}: ${epochSummary(best)}`],
    ['error', error && `${error.code}: ${error.message}`],
    ['advice', error && error.advice],
    ...warnings.map((warning): [string, string] => ['warning', warning]),
    ['config', configOf(experiment)],
    ['config hash', experiment.configHash],
    ['dataset hash', experiment.datasetHash],
    ['engine', engine && `TensorFlow ${engine.version} (${engine.name}) on ${engine.device}, ${engine.threads} threads`],
    ['pool', `${experiment.pool}, priority ${experiment.priority}`],
    ['fork points', forkPointsText(experiment)],
    ...attempts.map((attempt): [string, string] => [`attempt ${attempt.number}`, formatAttempt(attempt)]),
    ...transitions.map(({ state: to, reason: why, at }): [string, string] => [at.slice(0, 19).replace('T', ' '), `${to} (${why})`]),
    ['created', experiment.createdAt],
    ['started', experiment.startedAt],
    ['finished', experiment.finishedAt],
  ]
  const shown = rows.flatMap(([title, words]) => (words === null ? [] : [{ title, words }]))
  return shown.map(({ title, words }) => `${session.style('dim', title.padEnd(13))} ${title === 'state' ? words : printable(words)}`)
}

function formatParent({ parent }: Experiment): string | null {
  if (!parent) return null
  return parent.epoch === 0 ? `${parent.id}, from its beginning` : `${parent.id}, after its epoch ${parent.epoch}`
}

function forkPointsText({ forkPoints }: Experiment): string | null {
  return forkPoints.map(({ epoch, kind }) => `epoch ${epoch} (${kind})`).join(', ') || null
}

function formatAttempt({ workerId, outcome, resumedFromEpoch, repeated, environmentChanged }: Attempt): string {
  const again =
    repeated &&
    (repeated.firstEpoch === repeated.lastEpoch ? `epoch ${repeated.firstEpoch}` : `epochs ${repeated.firstEpoch} to ${repeated.lastEpoch}`)
  return [
    `${outcome ?? 'running'} on ${workerId}`,
    ...(resumedFromEpoch ? [`resumed after epoch ${resumedFromEpoch}`] : []),
    ...(repeated ? [`repeated ${again}, which ${repeated.matched ? 'matched bit for bit' : 'came out differently'}`] : []),
    ...(environmentChanged ? ['with another engine, device or number of threads'] : []),
  ].join(', ')
}

function progressOf({ progress, config }: Experiment): string {
  const { phase, epoch, fraction, etaSeconds } = progress
  const left = etaSeconds === null ? '' : `, ${formatSeconds(etaSeconds)} left`
  return `${phase}, epoch ${epoch} of ${config.epochs}, ${(fraction * 100).toFixed(0)} %${left}`
}

function configOf({ config }: Experiment): string {
  return Object.entries(config)
    .filter(([, value]) => value !== null)
    .map(([field, value]) => `${field}=${Array.isArray(value) ? `[${value.join(',')}]` : value}`)
    .join(' ')
}
