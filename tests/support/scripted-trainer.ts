import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type FromTrainer, ToTrainer } from '@trainyard/contracts'
import { epochResult } from './new-experiment.ts'

/**
 * Speaks a trainer's side of the messages without TensorFlow: an epoch every few milliseconds and a checkpoint after each. SCRIPT says what else:
 * `deaf` obeys no abort, `crash` is killed after the second epoch of a run that begins anew, `diverge` fails there.
 */
const script = process.env.SCRIPT ?? ''
const EPOCH_MS = 20
const STEPS = 16

const channel = { unacknowledged: 0 }
let stop: { keepCheckpoint: boolean } | null = null

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

async function train(run: Run): Promise<void> {
  const { runId, config, checkpoints } = run
  const first = checkpoints.resume === null ? 0 : Number(await readFile(path.join(checkpoints.folder, checkpoints.resume), 'utf8'))
  send({ type: 'started', runId, engine, datasetHash: 'scripted', resumedFromEpoch: first, holds: [] })
  for (let epoch = first + 1; epoch <= config.epochs; epoch++) {
    await pause(EPOCH_MS)
    while (channel.unacknowledged >= 64) await pause(1)
    if (stop && script !== 'deaf') return send({ type: 'aborted', runId })
    send({ type: 'phase', runId, phase: 'train', fraction: 1, epoch, step: STEPS })
    send({ type: 'batches', runId, epoch, firstStep: 1, losses: new Float32Array(STEPS).fill(epoch) })
    send({ type: 'epoch', runId, result: epochResult(epoch) })
    await writeCheckpoint(run, epoch)
    if (epoch === first + 2 && first === 0) await interfere(runId)
  }
  send({ type: 'completed', runId })
}

async function interfere(runId: string): Promise<void> {
  if (script === 'crash') {
    while (channel.unacknowledged > 0) await pause(1)
    process.kill(process.pid, 'SIGKILL')
  }
  if (script === 'diverge') {
    send({ type: 'failed', runId, error: { class: 'user', code: 'LOSS_DIVERGED', message: 'NaN', advice: 'Lower lr' } })
    await new Promise(() => {})
  }
}

const engine = { name: 'scripted', version: '0', device: 'none', threads: 1 }
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit(0))
process.on('message', (raw) => {
  const message = ToTrainer.parse(raw)
  if (message.type === 'ack') channel.unacknowledged -= message.count
  else if (message.type === 'abort') stop = message
  else {
    stop = null
    void train(message)
  }
})
send({ type: 'ready', engine })
