import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type Engine, FromTrainer, type ToTrainer, type TrainingSpeed } from '@trainyard/contracts'
import type { Logger } from 'pino'

const EXIT_TIMEOUT_MS = 5000

export interface TrainerProcess {
  pid: number
  /** Resolves once its engine is loaded. */
  ready: Promise<Engine>
  /** Why it could not load one, once it has reported that. */
  fault(): string | null
  /** Of its machine, once it has measured it. */
  speed(): TrainingSpeed | null
  /** Resolves with how it ended, after its last message was read. */
  ended: Promise<string>
  isAlive(): boolean
  send(message: ToTrainer): void
  /** The listener of the run under way, in place of the one before. */
  listen(listener: RunListener): void
  kill(): void
  /** Disconnects it, and kills it when it does not exit. */
  leave(): Promise<void>
}

export type RunMessage = Exclude<FromTrainer, { type: 'ready' | 'engine_failed' | 'speed' }>

interface RunListener {
  /** Each message must be acknowledged. */
  onMessage(message: RunMessage): void
  /** The process is gone; `how` it ended completes "The training process ended …". */
  onEnd(how: string): void
}

export interface TrainerStart {
  path: string
  env: NodeJS.ProcessEnv
  log: Logger
}

/** Starts the process that holds TensorFlow. */
export function startTrainer({ path, env, log }: TrainerStart): TrainerProcess {
  const child = fork(path, { env, serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  for (const stream of [child.stdout, child.stderr]) if (stream) logLines(stream, log)
  const ready = Promise.withResolvers<Engine>()
  let listener: RunListener | null = null
  let speed: TrainingSpeed | null = null
  let fault: string | null = null
  child.on('message', (raw) => {
    const message = FromTrainer.safeParse(raw)
    if (!message.success) {
      log.error({ err: message.error }, 'the trainer sent what is no message; it is replaced')
      child.kill('SIGKILL')
    } else if (message.data.type === 'ready') {
      ready.resolve(message.data.engine)
      send({ type: 'ack', count: 1 })
    } else if (message.data.type === 'engine_failed') {
      fault = message.data.message
      log.error(fault)
    } else if (message.data.type === 'speed') {
      speed = message.data.speed
      send({ type: 'ack', count: 1 })
    } else listener?.onMessage(message.data)
  })
  let how: string | null = null
  const ended = endOf(child).then((end) => {
    how = end
    listener?.onEnd(end)
    return end
  })
  const isAlive = () => how === null && child.connected && child.exitCode === null && child.signalCode === null
  // A message to one that has just died is lost without harm: `ended` resolves.
  const send = (message: ToTrainer): void => void (isAlive() && child.send(message, () => {}))

  return {
    pid: child.pid ?? -1,
    ready: ready.promise,
    fault: () => fault,
    speed: () => speed,
    ended,
    isAlive,
    send,
    listen(next) {
      listener = next
      if (how !== null) next.onEnd(how)
    },
    kill: () => void child.kill('SIGKILL'),
    async leave() {
      if (child.connected) child.disconnect()
      const late = setTimeout(() => child.kill('SIGKILL'), EXIT_TIMEOUT_MS)
      await ended
      clearTimeout(late)
    },
  }
}

/** An exit may be reported before the last messages are; the channel closes after them. */
async function endOf(child: ChildProcess): Promise<string> {
  const disconnected = new Promise((resolve) => child.once('disconnect', resolve))
  const failed = new Promise<string>((resolve) => child.once('error', (error) => child.pid ?? resolve(`before it began: ${error.message}`)))
  const exited = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ? `by ${signal}` : `with code ${code}`)),
  )
  return Promise.race([failed, Promise.all([exited, disconnected]).then(([how]) => how)])
}

function logLines(stream: Readable, log: Logger): void {
  createInterface({ input: stream }).on('line', (line) => log.info({ from: 'trainer' }, line))
}
