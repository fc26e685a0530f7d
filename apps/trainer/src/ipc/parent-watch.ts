import { isMainThread, Worker } from 'node:worker_threads'

const POLL_INTERVAL_MS = 500

/**
 * Kills this process when its parent is gone. A thread of its own, because a trainer inside a long TensorFlow call sees no
 * `disconnect`; SIGKILL, because nothing that it holds is worth saving: its lease is lost with its worker.
 */
export function watchParent(): void {
  new Worker(import.meta.filename).unref()
}

if (!isMainThread) {
  const parent = process.ppid
  const never = new Int32Array(new SharedArrayBuffer(4))
  while (process.ppid === parent) Atomics.wait(never, 0, 0, POLL_INTERVAL_MS)
  process.kill(process.pid, 'SIGKILL')
}
