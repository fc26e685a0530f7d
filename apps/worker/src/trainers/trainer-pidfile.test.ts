import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTrainerPidfile } from './trainer-pidfile.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pidfile-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function startSleeper() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  return { child, pid: child.pid ?? -1, ended: once(child, 'exit') }
}

/** As the pidfile of a worker that was killed: its own process is no longer there. */
async function orphan(name: string, change: (pidfile: { worker: { pid: number }; trainers: { startTime: string }[] }) => void) {
  const file = path.join(folder, `${name}.json`)
  const pidfile = JSON.parse(await readFile(file, 'utf8'))
  change(pidfile)
  await writeFile(file, JSON.stringify(pidfile))
}

test('trainers of a dead worker are killed, and its pidfile goes', async () => {
  const trainer = startSleeper()
  const pidfile = await openTrainerPidfile({ folder, workerId: 'dead' })
  await pidfile.add(trainer.pid)
  await orphan('dead', ({ worker }) => (worker.pid = 2 ** 22 + 1))
  await openTrainerPidfile({ folder, workerId: 'next' })
  expect(await trainer.ended).toEqual([null, 'SIGKILL'])
  expect(await readdir(folder)).toEqual([])
})

test('trainers of a live worker, and processes that only have the same pid, are left alone; a torn pidfile goes', async () => {
  const [live, other] = [startSleeper(), startSleeper()]
  await (await openTrainerPidfile({ folder, workerId: 'alive' })).add(live.pid)
  await (await openTrainerPidfile({ folder, workerId: 'dead' })).add(other.pid)
  await orphan('dead', ({ worker, trainers }) => {
    worker.pid = 2 ** 22 + 1
    for (const trainer of trainers) trainer.startTime = '1'
  })
  await writeFile(path.join(folder, 'torn.json'), '{"host')
  await openTrainerPidfile({ folder, workerId: 'next' })
  expect(await readdir(folder)).toEqual(['alive.json'])
  for (const { child, ended } of [live, other]) {
    child.kill('SIGTERM')
    expect(await ended).toEqual([null, 'SIGTERM'])
  }
})

test('a worker that leaves takes its pidfile with it', async () => {
  const trainer = startSleeper()
  const pidfile = await openTrainerPidfile({ folder, workerId: 'worker' })
  await pidfile.add(trainer.pid)
  expect(await readdir(folder)).toEqual(['worker.json'])
  trainer.child.kill('SIGKILL')
  await pidfile.remove(trainer.pid)
  await pidfile.close()
  expect(await readdir(folder)).toEqual([])
})

test('what could not be written down, as on a full disk, is written with the next trainer', async () => {
  const [first, second] = [startSleeper(), startSleeper()]
  const pidfile = await openTrainerPidfile({ folder, workerId: 'worker' })
  await rm(folder, { recursive: true })
  await writeFile(folder, 'a file where the folder should be')
  await expect(pidfile.add(first.pid)).rejects.toThrow('EEXIST')
  await rm(folder)
  await pidfile.add(second.pid)
  const { trainers } = JSON.parse(await readFile(path.join(folder, 'worker.json'), 'utf8'))
  expect(trainers.map(({ pid }: { pid: number }) => pid)).toEqual([first.pid, second.pid])
  for (const { child } of [first, second]) child.kill('SIGKILL')
})
