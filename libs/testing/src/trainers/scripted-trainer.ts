import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type FromTrainer, ToTrainer } from '@trainyard/contracts'
import { epochResult } from '../experiments/new-experiment.ts'
import { testLayers } from '../experiments/test-layers.ts'

/**
 * Speaks a trainer's side of the messages without TensorFlow: an epoch every few milliseconds and a checkpoint after each. SCRIPT names a fault:
 * `deaf` obeys no abort, `crash` is killed after the second epoch of a run that starts without a checkpoint, in the middle of writing a model, `diverge` fails there,
 * with a model written, `crash always` is killed after the second epoch of every run, `hang` sends nothing more there, `grow` reports ever more memory.
 */
const script = process.env.SCRIPT ?? ''
const EPOCH_MS = 20
const STEPS = 16

const channel = { unacknowledged: 0 }
let stop: Extract<ToTrainer, { type: 'abort' }> | null = null

const send = (message: FromTrainer): void => {
  channel.unacknowledged += 1
  process.send?.(message)
}

async function writeCheckpoint(run: Run, epoch: number): Promise<void> {
  const { folder } = run.checkpoints
  const file = `${run.runId}-${epoch}.checkpoint`
  const text = `${epoch}`
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, file), text)
  const sha256 = createHash('sha256').update(text).digest('hex')
  send({ type: 'checkpoint', runId: run.runId, checkpoint: { file, epoch, sha256, bytes: text.length } })
}

type Run = Extract<ToTrainer, { type: 'run' }>

let rssBytes = 1e8
const end = (runId: string) => ({ runId, rssBytes: (rssBytes += script === 'grow' ? 1e9 : 0) })
const hashOf = (epoch: number): string => epoch.toString(16).padStart(16, '0')

async function train(run: Run): Promise<void> {
  const { runId, config, start } = run
  const first = (await wholeCheckpoint(run)) ?? start?.epoch ?? 0
  send({ type: 'started', runId, engine, datasetHash: 'scripted', resumedFromEpoch: first, cachedSplits: [] })
  for (let epoch = first + 1; epoch <= config.epochs; epoch++) {
    await pause(EPOCH_MS)
    while (channel.unacknowledged >= 64) await pause(1)
    if (stop?.mode === 'immediate' && script !== 'deaf') return send({ type: 'aborted', ...end(runId) })
    send({ type: 'phase', runId, phase: 'train', fraction: 1, epoch, step: STEPS })
    send({ type: 'batches', runId, epoch, firstStep: 1, losses: new Float32Array(STEPS).fill(epoch) })
    send({ type: 'epoch', runId, result: epochResult(epoch, { weightsHash: hashOf(epoch) }), layerHashes: [hashOf(epoch)] })
    if (config.recordLayers) send({ type: 'layers', runId, layers: testLayers(epoch) })
    await writeCheckpoint(run, epoch)
    if (stop && script !== 'deaf') return send({ type: 'aborted', ...end(runId) })
    if (epoch === first + 2 && (first === 0 || script === 'crash always')) await interfere(run)
  }
  if (config.keepModel !== 'none') await writeModel(run, config.keepModel)
  send({ type: 'completed', ...end(runId) })
}

/** The epoch of the newest checkpoint that is what was recorded. */
async function wholeCheckpoint({ runId, checkpoints: { folder, resume } }: Run): Promise<number | null> {
  for (const [i, { file, epoch, sha256 }] of resume.entries()) {
    const text = await readFile(path.join(folder, file), 'utf8').catch(() => '')
    if (createHash('sha256').update(text).digest('hex') === sha256) return epoch
    send({ type: 'log', runId, number: i + 1, level: 'warn', message: `the checkpoint of epoch ${epoch} is damaged` })
  }
  return null
}

async function writeModel({ runId, config, modelFolder }: Run, kind: 'best' | 'final'): Promise<void> {
  await mkdir(modelFolder, { recursive: true })
  await writeFile(path.join(modelFolder, 'model.json'), '{}')
  send({ type: 'model', runId, model: { kind, epoch: config.epochs, bytes: 2, folder: path.basename(modelFolder) } })
}

async function interfere(run: Run): Promise<void> {
  const { runId, modelFolder } = run
  if (script === 'hang') await new Promise(() => {})
  if (script.startsWith('crash')) {
    await mkdir(`${modelFolder}.part`, { recursive: true })
    while (channel.unacknowledged > 0) await pause(1)
    process.kill(process.pid, 'SIGKILL')
  }
  if (script === 'diverge') {
    await writeModel(run, 'final')
    send({ type: 'failed', ...end(runId), error: { class: 'user', code: 'LOSS_DIVERGED', message: 'NaN', advice: 'Lower lr' } })
    await new Promise(() => {})
  }
}

/** Probe, photo and images: the answer holds which process this was, and what it was given. `silent` never answers, `crash` dies first, `refuse` fails. */
async function answer(request: Exclude<ToTrainer, Run | { type: 'abort' | 'ack' }>): Promise<void> {
  const { runId } = request
  if (script === 'crash') process.kill(process.pid, 'SIGKILL')
  if (script === 'refuse') {
    const error = { class: 'user' as const, code: 'DATASET_MISSING', message: 'not there', advice: 'fetch it' }
    return send({ type: 'failed', ...end(runId), error })
  }
  send({ type: 'phase', runId, phase: 'evaluate', fraction: 0.5, epoch: 0, step: 0 })
  const isAborted = () => stop !== null
  if (script === 'silent') while (!isAborted()) await pause(EPOCH_MS)
  if (stop) return send({ type: 'aborted', ...end(runId) })
  if (request.type === 'probe') {
    const outputNorm = { mean: process.pid, std: null, values: [Number(process.env.CUDA_VISIBLE_DEVICES ?? 0)] }
    return send({ type: 'probed', runId, results: [{ norm: 'none', bias: true, depth: request.request.seed, outputNorm, layers: [] }] })
  }
  if (request.type === 'samples') {
    const { label = 0, seed: index } = request.request
    const png = Buffer.from(String(process.pid)).toString('base64')
    return send({ type: 'sampled', runId, answer: { png, items: [{ row: 0, column: 0, index, label, name: '' }] } })
  }
  const { kind, epoch } = request.model
  const name = `${path.basename(request.modelFolder)} ${Buffer.from(request.photo).toString('hex')}`
  send({ type: 'predicted', runId, prediction: { model: { kind, epoch }, classes: [{ label: process.pid, name, probability: 1 }] } })
}

const engine = { name: 'scripted', version: '0', device: `process ${process.pid}`, threads: 1 }
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit(0))
process.on('message', (raw) => {
  const message = ToTrainer.parse(raw)
  if (message.type === 'ack') channel.unacknowledged -= message.count
  else if (message.type === 'abort') stop = message
  else {
    stop = null
    if (message.type === 'run') void train(message)
    else void answer(message)
  }
})
send({ type: 'ready', engine })
