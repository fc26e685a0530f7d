import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

/** SHA-256 of a file, in hexadecimal, taken on a thread of its own: training goes on meanwhile. */
export function sha256OfFile(file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    new Worker(import.meta.filename, { workerData: file }).once('message', resolve).once('error', reject)
  })
}

if (!isMainThread && typeof workerData === 'string') {
  const hash = createHash('sha256')
  await pipeline(createReadStream(workerData, { highWaterMark: 2 ** 20 }), hash)
  parentPort?.postMessage(hash.digest('hex'))
}
