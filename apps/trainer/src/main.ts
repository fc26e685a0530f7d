import { statfs } from 'node:fs/promises'
import process from 'node:process'
import { type DiskSpace, type FromTrainer, ToTrainer } from '@trainyard/contracts'
import { loadEngine } from '@trainyard/tensorflow'
import { readTrainerFolders } from './environment.ts'
import { createMessageChannel } from './message-channel.ts'
import { watchParent } from './parent-watch.ts'
import { createResidentKernel } from './resident-kernel.ts'
import { createResidentSplits } from './resident-splits.ts'
import { serveWorker } from './serve-worker.ts'

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
const { engine, tf } = loadEngine(process.env)
const folders = readTrainerFolders(process.env)
const diskSpace = async (): Promise<DiskSpace> => {
  const { bavail, blocks, bsize } = await statfs(folders.data)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}
const resident = { splits: createResidentSplits(tf, folders), kernels: createResidentKernel(tf, folders.data) }
const handle = serveWorker({ channel, tf, engine, ...resident, diskSpace, folders })
process.on('message', (message) => handle(ToTrainer.parse(message)))
