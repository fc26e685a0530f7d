import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {
  type CheckpointInfo,
  type ExperimentConfig,
  ExperimentRequest,
  FromTrainer,
  type RunStart,
  type ToTrainer,
} from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

const main = path.join(import.meta.dirname, 'main.ts')
const config = (request: object) =>
  resolveConfig(
    ExperimentRequest.parse({ dataset: 'synthetic-flowers', imageSize: 8, depth: 1, width: 32, lr: 0.01, epochs: 3, ...request }),
  )

let folder: string
const trainers: Trainer[] = []
beforeAll(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'trainer-'))))
afterEach(() => trainers.splice(0).forEach(({ child }) => child.kill('SIGKILL')))
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Trainer {
  child: ChildProcess
  send(message: ToTrainer): void
  /** All messages up to and with the first that `isLast` accepts. */
  until(isLast: (message: FromTrainer) => boolean): Promise<FromTrainer[]>
}

function startTrainer(): Trainer {
  const child = fork(main, { serialization: 'advanced', env: { ...process.env, TRAINYARD_DATA: folder } })
  const inbox: FromTrainer[] = []
  let arrived: () => void = () => undefined
  child.on('message', (message) => {
    inbox.push(FromTrainer.parse(message))
    child.send({ type: 'ack', count: 1 } satisfies ToTrainer)
    arrived()
  })
  const trainer: Trainer = {
    child,
    send: (message) => void child.send(message),
    until: async (isLast) => {
      for (let from = 0; ;) {
        const found = inbox.findIndex((message, i) => i >= from && isLast(message))
        if (found >= 0) return inbox.splice(0, found + 1)
        from = inbox.length
        await new Promise<void>((resolve) => (arrived = resolve))
      }
    },
  }
  trainers.push(trainer)
  return trainer
}

const isEnd = ({ type }: FromTrainer): boolean => ['completed', 'aborted', 'failed'].includes(type)
const epochsOf = (messages: FromTrainer[]) =>
  messages.flatMap((message) => (message.type === 'epoch' ? [{ epoch: message.result.epoch, loss: message.result.loss }] : []))
const checkpointFolder = () => path.join(folder, 'checkpoints')
const modelFolder = (runId: string) => path.join(folder, 'models', runId)
const run = (runId: string, what: ExperimentConfig, from: { resume?: CheckpointInfo[]; start?: RunStart } = {}): ToTrainer => ({
  type: 'run',
  runId,
  config: what,
  checkpoints: { folder: checkpointFolder(), resume: from.resume ?? [] },
  start: from.start ?? null,
  modelFolder: modelFolder(runId),
})
const end = (type: 'completed' | 'aborted', runId: string) => ({ type, runId, rssBytes: expect.any(Number) })
const checkpointsOf = (messages: FromTrainer[]) =>
  messages.flatMap((message) => (message.type === 'checkpoint' ? [message.checkpoint] : []))
const hashesOf = (messages: FromTrainer[]) => messages.flatMap((message) => (message.type === 'epoch' ? [message.result.weightsHash] : []))

test('a run — ready, started, every step and epoch once, completed; the next run uses the same process', async () => {
  const trainer = startTrainer()
  expect((await trainer.until(({ type }) => type === 'ready'))[0]).toMatchObject({ type: 'ready', engine: { threads: expect.any(Number) } })
  for (const runId of ['first', 'second']) {
    trainer.send(run(runId, config({})))
    const messages = await trainer.until(isEnd)
    expect(messages.at(-1)).toEqual(end('completed', runId))
    expect(epochsOf(messages).map(({ epoch }) => epoch)).toEqual([1, 2, 3])
    const steps = messages.flatMap((m) => (m.type === 'batches' ? [...m.losses].map((_, i) => `${m.epoch}.${m.firstStep + i}`) : []))
    expect(steps).toEqual([1, 2, 3].flatMap((epoch) => Array.from({ length: 16 }, (_, i) => `${epoch}.${i + 1}`)))
    expect(messages.find(({ type }) => type === 'started')).toMatchObject({ resumedFromEpoch: 0 })
  }
})

test('a trainer that has nothing to do measures its machine’s speed, once; work that comes goes first', async () => {
  const trainer = startTrainer()
  trainer.send(run('at-once', config({})))
  const before = await trainer.until(isEnd)
  expect(before.map(({ type }) => type)).not.toContain('speed')
  const measured = (await trainer.until(({ type }) => type === 'speed')).at(-1)
  expect(measured).toMatchObject({ speed: [{ width: 64 }, { width: 1024 }] })
  trainer.send(run('after', config({})))
  expect((await trainer.until(isEnd)).map(({ type }) => type)).not.toContain('speed')
})

test('every epoch reports its layers’ signal, after its losses; none with recordLayers false', async () => {
  const trainer = startTrainer()
  trainer.send(run('signal', config({ depth: 2, norm: 'batch' })))
  const messages = (await trainer.until(isEnd)).filter(({ type }) => type === 'epoch' || type === 'layers')
  expect(messages.map((message) => (message.type === 'layers' ? `layers ${message.layers.epoch}` : message.type))).toEqual(
    [1, 2, 3].flatMap((epoch) => ['epoch', `layers ${epoch}`]),
  )
  const [layers] = messages.flatMap((message) => (message.type === 'layers' ? [message.layers.layers] : []))
  expect(layers?.map(({ layer, kind }) => `${layer} ${kind}`)).toEqual(['1 hidden', '2 hidden', '3 output'])
  trainer.send(run('silent', config({ recordLayers: false })))
  expect((await trainer.until(isEnd)).filter(({ type }) => type === 'layers')).toEqual([])
})

test.each(['best', 'final', 'none'] as const)('keepModel %s — the retained model, reported before the end', async (keepModel) => {
  const trainer = startTrainer()
  trainer.send(run(`keeps-${keepModel}`, config({ keepModel, lr: 5, momentum: 0, epochs: 6 })))
  const messages = await trainer.until(isEnd)
  const epochs = messages.flatMap((message) => (message.type === 'epoch' ? [message.result] : []))
  const best = Math.max(...epochs.map(({ evalAccuracy }) => Number(evalAccuracy)))
  const bestEpoch = epochs.find(({ evalAccuracy }) => evalAccuracy === best)?.epoch
  const models = messages.flatMap((message) => (message.type === 'model' ? [message.model] : []))
  const kept = { kind: keepModel, epoch: keepModel === 'best' ? bestEpoch : 6, folder: `keeps-${keepModel}` }
  expect(models).toEqual(keepModel === 'none' ? [] : [{ ...kept, bytes: expect.any(Number) }])
  expect(existsSync(path.join(modelFolder(`keeps-${keepModel}`), 'model.json'))).toBe(keepModel !== 'none')
})

test.each([
  { imageSize: 8, firstLayer: 'direct' },
  { imageSize: 40, firstLayer: 'dual' },
] as const)(
  'drain, first layer $firstLayer — leaves after the epoch with a checkpoint; resumed elsewhere it ends with the bits of an uninterrupted run',
  async ({ imageSize, firstLayer }) => {
    const [uninterrupted, drained, resumed] = [startTrainer(), startTrainer(), startTrainer()]
    const long = config({ epochs: 40, norm: 'batch', imageSize, firstLayer })
    const of = (name: string): string => `${name}-${firstLayer}`
    uninterrupted.send(run(of('u'), long))
    const all = await uninterrupted.until(isEnd)
    const whole = epochsOf(all)

    drained.send(run(of('d'), long))
    const before = await drained.until(({ type }) => type === 'epoch')
    drained.send({ type: 'abort', runId: of('d'), mode: 'graceful' })
    const rest = await drained.until(isEnd)
    expect(rest.at(-1)?.type).toBe('aborted')
    const [written] = checkpointsOf(rest)
    const first = epochsOf([...before, ...rest])
    expect(written?.epoch).toBe(first.length)
    expect(await readdir(checkpointFolder())).toContain(written?.file)

    resumed.send(run(of('r'), long, { resume: checkpointsOf(rest) }))
    const messages = await resumed.until(isEnd)
    expect(messages.at(-1)).toEqual(end('completed', of('r')))
    expect(messages.find(({ type }) => type === 'started')).toMatchObject({ resumedFromEpoch: first.length })
    expect([...first, ...epochsOf(messages)]).toEqual(whole)
    expect(hashesOf(messages)).toEqual(hashesOf(all).slice(first.length))
    const modelOf = (runId: string) => readFile(path.join(modelFolder(runId), 'model.safetensors'))
    expect((await modelOf(of('r'))).equals(await modelOf(of('u')))).toBe(true)
  },
)

test.each([
  ['dual', 'direct'],
  ['direct', 'dual'],
] as const)('a run that began %s and goes on %s — the curve and the model go on', async (first, second) => {
  const trainer = startTrainer()
  const of = (name: string): string => `${name}-${first}-${second}`
  const request = { epochs: 6, imageSize: 40, norm: 'none', evaluate: 'none', checkpointEverySeconds: 5 }
  trainer.send(run(of('whole'), config({ ...request, firstLayer: first })))
  const whole = epochsOf(await trainer.until(isEnd))
  trainer.send(run(of('begun'), config({ ...request, firstLayer: first })))
  await trainer.until(({ type }) => type === 'epoch')
  trainer.send({ type: 'abort', runId: of('begun'), mode: 'epoch_end' })
  const resume = checkpointsOf(await trainer.until(isEnd))
  trainer.send(run(of('changed'), config({ ...request, firstLayer: second }), { resume }))
  const messages = await trainer.until(isEnd)
  expect(messages.at(-1)?.type).toBe('completed')
  const changed = epochsOf(messages)
  expect(changed.map(({ epoch }) => epoch)).toEqual(whole.slice(resume[0]?.epoch).map(({ epoch }) => epoch))
  for (const { epoch, loss } of changed) expect(Number(loss)).toBeCloseTo(Number(whole[epoch - 1]?.loss), 4)
  expect(existsSync(path.join(modelFolder(of('changed')), 'model.safetensors'))).toBe(true)
})

test('the images’ products — multiplied once, in the phase prepare, then at hand', async () => {
  const trainer = startTrainer()
  const steps = async (runId: string): Promise<number> => {
    trainer.send(run(runId, config({ imageSize: 44, firstLayer: 'dual', epochs: 1 })))
    const messages = await trainer.until(isEnd)
    expect(messages.at(-1)?.type).toBe('completed')
    return messages.filter((message) => message.type === 'phase' && message.phase === 'prepare').length
  }
  const first = await steps('first-products')
  expect(first).toBeGreaterThan(await steps('second-products'))
  const names = await readdir(path.join(folder, 'cache', 'datasets'))
  expect(names).toEqual(expect.arrayContaining(['synthetic-flowers-train-44.kernel', 'synthetic-flowers-val-44.kernel']))
})

test.each(['graceful', 'epoch_end'] as const)('abort %s before the first step — at once: there is nothing to save', async (mode) => {
  const trainer = startTrainer()
  trainer.send(run(`early-${mode}`, config({ imageSize: mode === 'graceful' ? 64 : 65, epochs: 10_000 })))
  await trainer.until(({ type }) => type === 'phase')
  trainer.send({ type: 'abort', runId: `early-${mode}`, mode })
  const messages = await trainer.until(isEnd)
  expect(messages.at(-1)).toEqual(end('aborted', `early-${mode}`))
  expect(epochsOf(messages)).toEqual([])
})

test('abort — obeyed at the next step, and the trainer takes the next run', async () => {
  const trainer = startTrainer()
  trainer.send(run('long', config({ epochs: 10_000 })))
  await trainer.until(({ type }) => type === 'epoch')
  trainer.send({ type: 'abort', runId: 'long', mode: 'immediate' })
  expect((await trainer.until(isEnd)).at(-1)).toEqual(end('aborted', 'long'))
  trainer.send(run('next', config({})))
  expect((await trainer.until(isEnd)).at(-1)?.type).toBe('completed')
})

test('a diverging run — fails as the user’s, with code and advice, and keeps what came before', async () => {
  const trainer = startTrainer()
  trainer.send(run('x', config({ imageSize: 16, depth: 3, width: 512, lr: 3, momentum: 0.99, epochs: 50 })))
  const messages = await trainer.until(isEnd)
  const steps = messages.flatMap((m) => (m.type === 'batches' ? [...m.losses].map((_, i) => `${m.epoch}.${m.firstStep + i}`) : []))
  const [, epoch, step] = /epoch (\d+), step (\d+)/.exec(JSON.stringify(messages.at(-1))) ?? []
  expect(steps.at(-1)).toBe(`${epoch}.${Number(step) - 1}`)
  expect(messages.at(-1)).toMatchObject({
    type: 'failed',
    error: { class: 'user', code: 'LOSS_DIVERGED', advice: expect.stringContaining('lower lr') },
  })
})

test('a parent killed by SIGKILL — its trainer does not outlive it', async () => {
  const script = `const child = require('node:child_process').fork(${JSON.stringify(main)}, { serialization: 'advanced' });
    child.once('message', () => console.log(child.pid))`
  const parent = spawn(process.execPath, ['-e', script], {
    env: { ...process.env, TRAINYARD_DATA: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const trainerPid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))))
  expect(existsSync(`/proc/${trainerPid}`)).toBe(true)
  parent.kill('SIGKILL')
  await expect.poll(() => isRunning(trainerPid), { timeout: 20_000 }).toBe(false)
})

function isRunning(pid: number): boolean {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', `${pid}`], { encoding: 'utf8' }).startsWith('Z')
  } catch {
    return false
  }
}
