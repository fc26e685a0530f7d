import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTrainerAbort } from './abort-trainer.ts'
import { startTrainer, type TrainerProcess } from '../trainers/trainer-process.ts'

const log = pino({ level: 'silent' })
let folder: string
let trainer: TrainerProcess

// a real process that obeys nothing; only its timeout is driven by hand
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'abort-'))
  const script = path.join(folder, 'deaf.js')
  await writeFile(script, 'process.on("message", () => {})')
  trainer = startTrainer({ path: script, env: process.env, log })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(async () => {
  vi.useRealTimers()
  trainer.kill()
  await trainer.ended
  await rm(folder, { recursive: true, force: true })
})

const newAbort = () => createTrainerAbort({ trainer, runId: 'run', log })

describe('createTrainerAbort()', () => {
  test('a trainer that does not obey is killed', async () => {
    newAbort().abort('lost')
    vi.advanceTimersByTime(5000)
    expect(await trainer.ended).toMatch(/SIGKILL/)
  })

  test.each(['cancel', 'lost'] as const)('%s before the run ended kills nothing afterwards', (why) => {
    const aborting = newAbort()
    aborting.abort(why)
    aborting.done()
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each(['cancel', 'lost'] as const)('%s after the run has ended is known, and leaves alone what the trainer runs next', (why) => {
    const aborting = newAbort()
    aborting.done()
    aborting.abort(why)
    expect(aborting.reason()).toBe(why)
    expect(vi.getTimerCount()).toBe(0)
  })
})
