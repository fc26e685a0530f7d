import { CLASSES, formatShare, fromJsonNumber, type Probe } from '@trainyard/contracts'
import type { LessonRun } from './lesson-runs.ts'

/** A run whose loss is within this of guessing has learned nothing. */
const GUESSING_TOLERANCE = 0.05

/** What the lesson showed, from its numbers. */
export function formatLesson(runs: readonly LessonRun[], probe: Probe): string[] {
  return ['What you saw', ...runs.map(formatRun), formatTable(probe)].map((line, i) => (i === 0 ? line : `- ${line}`))
}

function formatRun({ title, epochs }: LessonRun): string {
  const last = epochs.at(-1)
  if (!last) return `${title}: no epoch has ended.`
  const guessing = Math.log(CLASSES)
  const loss = fromJsonNumber(last.loss)
  const came = `${title}: a loss of ${loss.toFixed(3)} after ${last.epoch} epochs, ${formatShare(last.evalAccuracy)} of new images named right`
  if (Math.abs(loss - guessing) < GUESSING_TOLERANCE)
    return `${came}. Guessing costs ln ${CLASSES} = ${guessing.toFixed(3)}: nothing was learned, because the images' signal does not reach the last layer.`
  return `${came}; guessing costs ${guessing.toFixed(3)}.`
}

function formatTable({ request, results }: Probe): string {
  const deepest = Math.max(...request.depths)
  const normOf = (norm: string, depth: number): number =>
    fromJsonNumber(results.find((cell) => cell.norm === norm && cell.depth === depth)?.outputNorm.mean ?? 'NaN')
  const [shallow, deep] = [normOf('none', Math.min(...request.depths)), normOf('none', deepest)]
  const kept = request.norms.filter((norm) => norm !== 'none').map((norm) => `${norm} norm ${normOf(norm, deepest).toFixed(1)}`)
  return `The table, before any training: without normalisation the output's norm falls from ${shallow.toFixed(1)} to ${deep.toFixed(2)} at depth ${deepest}, where almost all that is left are the biases; ${kept.join(', ')}.`
}

/** Commands that work when pasted. */
export function nextCommands(runs: readonly LessonRun[]): string[] {
  const [none] = runs
  const id = none?.experiment.id ?? 'latest'
  return [
    'Try next',
    `  trainyard layers ${id}    # where the signal was lost`,
    '  trainyard probe --norms none --biases true,false    # without biases it falls by √6 a layer',
    '  trainyard submit --dataset synthetic-flowers --image-size 32 --depth 8 --width 256 --lr 0.02 --epochs 12 --norm layer --norm-position after --watch',
    '  trainyard submit --depth 8 --dry-run    # what the signal will do, before any training',
  ]
}
