import { SCRIPTED_TRAINER } from '@trainyard/testing/trainers/scripted-trainer-path'
import { openArtifacts } from '@trainyard/artifacts'
import { connectRedis } from '@trainyard/jobs'
import { createLog } from './process/log.ts'
import { startWorker } from './worker.ts'

/** A worker process of its own with scripted trainers, to be killed: `node scripted-worker.ts <redis url> <data folder>`. */
const [, , url = '', dataFolder = ''] = process.argv
await startWorker({
  redis: connectRedis(url, { name: 'worker', whenDown: 'wait' }),
  dataFolder,
  artifacts: openArtifacts(dataFolder),
  pools: ['default'],
  slots: 1,
  ...{ memoryBytes: 1e9, stallMs: 120_000, growthBytes: 2e9 },
  trainerPath: SCRIPTED_TRAINER,
  trainerEnv: process.env,
  version: '0.0.0',
  log: createLog('silent'),
})
