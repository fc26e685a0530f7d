import { ExperimentRequest, type FieldSpace, MAX_TRIALS, type SweepRequest, TrialConfig, type TrialFields } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { randomStream, type RandomStream } from '@trainyard/random'
import { z } from 'zod'
import { type FieldError, UnprocessableConfigError } from '../http/request-errors.ts'

export interface PlannedTrial {
  fields: TrialFields
  request: ExperimentRequest
}

const INTEGER_FIELDS = new Set(
  Object.entries(TrialConfig.shape).flatMap(([field, type]) => (z.toJSONSchema(type, { io: 'input' }).type === 'integer' ? [field] : [])),
)
/** Of a drawn number, so that a learning rate is short enough to read and type. */
const DIGITS = 6

/** Every trial of a sweep with its config; throws UnprocessableConfigError, which names field and trial, where one cannot run. */
export function planTrials(request: SweepRequest): PlannedTrial[] {
  const sweep = request.preset === 'norm-lab' ? normLab(request) : request
  const space = Object.entries(sweep.space).flatMap(([field, values]): [string, FieldSpace][] => (values ? [[field, values]] : []))
  validateSpace(sweep, space)
  const drawn = sweep.strategy === 'grid' ? gridOf(space) : drawnFrom(space, sweep)
  const trials = drawn.map((fields, i) => ({ fields, request: requestOf(sweep, { fields, trial: i + 1 }) }))
  return sweep.strategy === 'grid' ? withoutRepeats(trials) : trials
}

/** Norms × positions × depths with one seed: the same order of images and, where shapes agree, the same initial weights. */
function normLab(request: SweepRequest): SweepRequest {
  const space = {
    norm: { values: ['none', 'batch', 'layer', 'group'] },
    normPosition: { values: ['before', 'after'] },
    depth: { values: [1, 2, 4, 8] },
    ...request.space,
  }
  return { ...request, strategy: 'grid', space }
}

function validateSpace({ strategy }: SweepRequest, space: readonly [string, FieldSpace][]): void {
  const fieldErrors: FieldError[] = []
  for (const [field, values] of space) {
    const pointer = `/space/${field}`
    if ('values' in values) continue
    if (strategy === 'grid') fieldErrors.push({ pointer, detail: 'needs values in a grid; a range is drawn from by random and asha' })
    if (values.min > values.max) fieldErrors.push({ pointer, detail: `has min ${values.min} above max ${values.max}` })
    if (values.scale === 'log' && values.min <= 0) fieldErrors.push({ pointer, detail: 'on a log scale must have a min above 0' })
  }
  if (strategy === 'asha' && space.some(([field]) => field === 'epochs'))
    fieldErrors.push({
      pointer: '/space/epochs',
      detail: 'cannot vary with asha, which gives more epochs to what does well; set it in base',
    })
  if (space.length === 0)
    fieldErrors.push({ pointer: '/space', detail: 'is empty, so all trials would be the same; give a field its values' })
  if (fieldErrors.length > 0) throw new UnprocessableConfigError(fieldErrors)
}

/** Every combination; the last field varies fastest. */
function gridOf(space: readonly [string, FieldSpace][]): TrialFields[] {
  const lists = space.map(([field, values]) => ('values' in values ? values.values.map((value) => ({ [field]: value })) : []))
  const count = lists.reduce((product, list) => product * list.length, 1)
  if (count > MAX_TRIALS)
    throw new UnprocessableConfigError([
      { pointer: '/space', detail: `has ${count} combinations; at most ${MAX_TRIALS} trials are allowed` },
    ])
  return lists.reduce<TrialFields[]>((rows, list) => rows.flatMap((row) => list.map((cell) => ({ ...row, ...cell }))), [{}])
}

/** Each trial has a stream of its own, so more trials leave the first ones as they are. */
function drawnFrom(space: readonly [string, FieldSpace][], { seed, trials = 20 }: SweepRequest): TrialFields[] {
  const fields = space.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Array.from({ length: trials }, (_, trial) => {
    const random = randomStream(seed, 'sweepTrials', trial)
    return Object.fromEntries(fields.map(([field, values]) => [field, draw(field, { values, random })]))
  })
}

function draw(field: string, { values, random }: { values: FieldSpace; random: RandomStream }): TrialFields[string] {
  if ('values' in values) return values.values[random.below(values.values.length)] ?? 0
  const { min, max, scale, integer = INTEGER_FIELDS.has(field) } = values
  // half a step beyond either end, so that the ends are as likely as what lies between
  const [from, to] = integer ? [min - 0.5, max + 0.5] : [min, max]
  const share = random.uniform()
  const drawn = scale === 'log' ? from * (to / from) ** share : from + (to - from) * share
  const rounded = integer ? Math.round(drawn) : Number(drawn.toPrecision(DIGITS))
  return Math.min(max, Math.max(min, rounded))
}

function requestOf(
  { base, priority, pool, name }: SweepRequest,
  { fields, trial }: { fields: TrialFields; trial: number },
): ExperimentRequest {
  const given = Object.fromEntries(Object.entries(base).filter(([field]) => !excludes(fields, field)))
  const parsed = ExperimentRequest.safeParse({ ...given, ...fields, priority, pool, name: `${name ?? 'sweep'} #${trial}` })
  if (parsed.success) return parsed.data
  throw new UnprocessableConfigError(
    parsed.error.issues.map(({ path, message }) => {
      const field = String(path[0])
      return {
        pointer: `${field in fields ? '/space' : '/base'}/${field}`,
        detail: `of trial ${trial} ${message} (${JSON.stringify(fields)})`,
      }
    }),
  )
}

/** A trial's own shape replaces the base's, whichever fields that one has. */
function excludes(fields: TrialFields, field: string): boolean {
  if (field === 'layerSizes') return 'depth' in fields || 'width' in fields
  return (field === 'depth' || field === 'width') && 'layerSizes' in fields
}

/** Where a field has no effect, as a norm's position without a norm, several combinations are one config. */
function withoutRepeats(trials: readonly PlannedTrial[]): PlannedTrial[] {
  const byConfig = Map.groupBy(trials, ({ request }) => JSON.stringify([resolveConfig(request), request.tags]))
  return [...byConfig.values()].flatMap(([first]) => first ?? [])
}
