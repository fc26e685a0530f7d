// Preloaded (node --import) into what tools run with an IPC channel: when the tool is gone, however it ended, they leave as on SIGTERM.
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

if (isMainThread && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref() // listening would keep the process from ending by itself
  // Trainers are forked with their parent's flags, and have a channel and a way to leave of their own.
  const self = process.execArgv.indexOf(fileURLToPath(import.meta.url))
  if (self > 0) process.execArgv.splice(self - 1, 2)
}
