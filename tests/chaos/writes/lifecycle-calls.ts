import type { CheckpointInfo, ExperimentError } from '@trainyard/contracts'
import {
  type AttemptStore,
  type AttemptWriter,
  createAttemptStore,
  createAttemptWriter,
  createExperimentStore,
  type ExperimentStore,
  type NewExperiment,
} from '@trainyard/jobs'
import { createDispatcher } from '../../../libs/jobs/src/queue/dispatcher.ts'
import { createReaper } from '../../../libs/jobs/src/attempts/reaper.ts'
import { epochResult, newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { testLayers } from '@trainyard/testing/experiments/test-layers'

type Redis = Parameters<typeof createExperimentStore>[0]['redis']

/** One experiment on its way through the store, written to by an API and by a worker as these do it. */
interface Life {
  id: string
  store: ExperimentStore
  attempts: AttemptStore
  writer: () => AttemptWriter
  /** As a worker takes it whose token is `token`. */
  claim: (token: string, dispatch: number) => Promise<unknown>
  dispatch: () => Promise<unknown>
  reap: () => Promise<unknown>
  /** As if its worker had not renewed it. */
  expireLease: () => Promise<unknown>
}

/** Whose call it is: a user's is repeated when it fails, a worker's connection repeats by itself. */
export interface Step {
  by: 'user' | 'worker'
  name: string
  take: (life: Life) => Promise<unknown>
}

export function startLifecycle({ user, worker, prefix }: { user: Redis; worker: Redis; prefix: string }): Life {
  const attempts = createAttemptStore({ redis: worker, prefix })
  let writer: AttemptWriter | null = null
  const life: Life = {
    id: '',
    store: createExperimentStore({ redis: user, prefix }),
    attempts,
    writer() {
      if (!writer) throw new Error('it is not claimed')
      return writer
    },
    async claim(token, dispatch) {
      const claim = await attempts.claim({ id: life.id, dispatch, token, workerId: 'worker' })
      if (!claim) throw new Error(`dispatch ${dispatch} is stale`)
      writer = createAttemptWriter({ redis: worker, prefix, claim })
    },
    dispatch: createDispatcher({ redis: worker, prefix, onError: () => {} }).flushOutbox,
    reap: createReaper({ redis: worker, prefix }),
    expireLease: () => worker.zadd(`${prefix}:leases`, 1, life.id),
  }
  return life
}

const error: ExperimentError = { class: 'infrastructure', code: 'TRAINER_CRASHED', message: 'it ended', advice: 'none' }
const engine = { name: 'scripted', version: '0', device: 'none', threads: 1 }
const hash = (value: number): string => value.toString(16).padStart(16, '0')
const checkpoint = (epoch: number): CheckpointInfo => ({ file: `${epoch}.checkpoint`, epoch, sha256: hash(epoch), bytes: 9 })

const user = (name: string, take: Step['take']): Step => ({ by: 'user', name, take })
const worker = (name: string, take: Step['take']): Step => ({ by: 'worker', name, take })

/** The first one is made of nothing, the others of the one before. */
const create = (name = 'create', madeOf: (id: string) => Partial<NewExperiment> = () => ({})): Step =>
  user(name, async (life) => {
    const input = { ...newExperiment({ name, tags: ['a tag'] }), ...madeOf(life.id) }
    life.id = (await life.store.create(input, { key: name, bodyHash: name })).experiment.id
  })
const claim = (dispatch: number): Step => worker(`claim ${dispatch}`, (life) => life.claim(`token ${life.id} ${dispatch}`, dispatch))
const dispatch = worker('dispatch', (life) => life.dispatch())
const write = (name: string, take: (writer: AttemptWriter) => Promise<unknown>): Step => worker(name, (life) => take(life.writer()))
const epoch = (number: number): Step =>
  write(`epoch ${number}`, (writer) => writer.epoch(epochResult(number, { weightsHash: hash(number) }), [hash(number), hash(2 * number)]))
const writeCheckpoint = (number: number): Step => write(`checkpoint ${number}`, (writer) => writer.checkpoint(checkpoint(number)))

/** Every write that the store has, each in a life in which it makes sense. */
export const LIFECYCLES: Record<string, readonly Step[]> = {
  completes: [
    ...[create(), dispatch, claim(1)],
    worker('renew', ({ attempts, id }) => attempts.renew([{ id, token: `token ${id} 1` }])),
    write('started', (writer) => writer.started({ engine, datasetHash: 'images', resumedFromEpoch: 0 })),
    write('progress', (writer) => writer.progress({ phase: 'train', phaseFraction: 0.5, epoch: 1, step: 8 })),
    write('batches', (writer) => writer.batches({ epoch: 1, firstStep: 1, losses: new Float32Array([3, 2]) })),
    epoch(1),
    write('layers', (writer) => writer.layers(testLayers(1))),
    write('log', (writer) => writer.log({ level: 'info', message: 'once', number: 1 })),
    ...[writeCheckpoint(1), epoch(2), writeCheckpoint(2)],
    write('model', (writer) => writer.model({ kind: 'final', epoch: 2, bytes: 9, folder: 'a folder' })),
    write('complete', (writer) => writer.complete()),
    user('remove', ({ store, id }) => store.remove(id)),
  ],
  'is paused': [
    create(),
    user('pause it queued', ({ store, id }) => store.pause(id)),
    user('resume', ({ store, id }) => store.resume(id)),
    claim(2),
    user('pause it running', ({ store, id }) => store.pause(id)),
    write('paused', (writer) => writer.paused()),
    user('resume again', ({ store, id }) => store.resume(id)),
    dispatch,
    user('patch', ({ store, id }) => store.patch(id, { name: 'another', notes: 'some', tags: ['b'], priority: 3 })),
    user('cancel it queued', ({ store, id }) => store.cancel(id)),
  ],
  'is canceled': [
    ...[create(), claim(1)],
    user('cancel it running', ({ store, id }) => store.cancel(id)),
    write('canceled', (writer) => writer.canceled()),
  ],
  'fails in the end': [
    ...[create(), claim(1)],
    write('requeue to retry', (writer) => writer.requeue({ reason: 'retry', error })),
    claim(2),
    worker('expire', (life) => life.expireLease()),
    worker('reap', (life) => life.reap()),
    claim(3),
    write('requeue drained', (writer) => writer.requeue({ reason: 'drained' })),
    claim(4),
    write('fail', (writer) => writer.fail({ ...error, class: 'user' })),
  ],
  'is forked': [
    ...[create(), claim(1), epoch(1), writeCheckpoint(1)],
    write('complete', (writer) => writer.complete()),
    ...[create('fork', (id) => ({ parent: { id, epoch: 1 } })), claim(1), epoch(2)],
    write('complete the fork', (writer) => writer.complete()),
  ],
  'is replayed': [
    ...[create(), claim(1), epoch(1), epoch(2)],
    write('complete', (writer) => writer.complete()),
    ...[create('replay', (id) => ({ parent: { id, epoch: 0 }, replayOf: id })), claim(1), epoch(1), epoch(2)],
    write('complete the replay', (writer) => writer.complete()),
  ],
}
