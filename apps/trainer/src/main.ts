import { statfs } from 'node:fs/promises'
import process from 'node:process'
import { ERRORS, ExpectedError, type FromTrainer, ToTrainer } from '@trainyard/contracts'
import type { DiskSpace } from '@trainyard/planning'
import { loadEngine, type LoadedEngine } from '@trainyard/tensorflow'
import { readTrainerFolders } from './environment.ts'
import { createMessageChannel } from './ipc/message-channel.ts'
import { watchParent } from './ipc/parent-watch.ts'
import { createDeviceKernel } from './splits/device-kernel.ts'
import { createDeviceSplits } from './splits/device-cache.ts'
import { serveWorker } from './ipc/serve-worker.ts'

// Ctrl-C and a service manager's SIGTERM reach the whole group; the worker decides when a trainer leaves.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
process.on('disconnect', () => process.exit(0))

if (!process.send) {
  process.stderr.write('The trainer is started by a worker; to train in the terminal use: npm run train -- --depth 3 --epochs 5\n')
  process.exit(64)
}
watchParent()
const post = (message: FromTrainer): void => void process.send?.(message)
const channel = createMessageChannel(post)
const { engine, tf } = await loadOrLeave()
const folders = readTrainerFolders(process.env)
const diskSpace = async (): Promise<DiskSpace> => {
  const { bavail, blocks, bsize } = await statfs(folders.data)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}
const caches = { splits: createDeviceSplits(tf, folders), kernels: createDeviceKernel(tf, folders.data) }
const handle = serveWorker({ channel, tf, engine, ...caches, diskSpace, folders })
process.on('message', (message) => handle(ToTrainer.parse(message)))

/** Without an engine it reports the reason to the worker, and exits. */
async function loadOrLeave(): Promise<LoadedEngine> {
  try {
    return loadEngine(process.env)
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error
    const { code, message } = error
    const leave = (): never => process.exit(ERRORS[code].exitCode)
    return new Promise(() => process.send?.({ type: 'engine_failed', message } satisfies FromTrainer, leave))
  }
}
