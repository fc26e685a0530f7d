import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTrainerLedger } from './trainer-pidfile.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'ledger-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function startSleeper() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  return { child, pid: child.pid ?? -1, ended: once(child, 'exit') }
}

/** As the ledger of a worker that was killed: its own process is no longer there. */
async function orphan(name: string, change: (ledger: { worker: { pid: number }; trainers: { startTime: string }[] }) => void) {
  const file = path.join(folder, `${name}.json`)
  const ledger = JSON.parse(await readFile(file, 'utf8'))
  change(ledger)
  await writeFile(file, JSON.stringify(ledger))
}

test('trainers of a dead worker are killed, and its ledger goes', async () => {
  const trainer = startSleeper()
  const ledger = await openTrainerLedger({ folder, workerId: 'dead' })
  await ledger.add(trainer.pid)
  await orphan('dead', ({ worker }) => (worker.pid = 2 ** 22 + 1))
  await openTrainerLedger({ folder, workerId: 'next' })
  expect(await trainer.ended).toEqual([null, 'SIGKILL'])
  expect(await readdir(folder)).toEqual([])
})

test('trainers of a live worker, and processes that only have the same pid, are left alone; a torn ledger goes', async () => {
  const [live, other] = [startSleeper(), startSleeper()]
  await (await openTrainerLedger({ folder, workerId: 'alive' })).add(live.pid)
  await (await openTrainerLedger({ folder, workerId: 'dead' })).add(other.pid)
  await orphan('dead', ({ worker, trainers }) => {
    worker.pid = 2 ** 22 + 1
    for (const trainer of trainers) trainer.startTime = '1'
  })
  await writeFile(path.join(folder, 'torn.json'), '{"host')
  await openTrainerLedger({ folder, workerId: 'next' })
  expect(await readdir(folder)).toEqual(['alive.json'])
  for (const { child, ended } of [live, other]) {
    child.kill('SIGTERM')
    expect(await ended).toEqual([null, 'SIGTERM'])
  }
})

test('a worker that leaves takes its ledger with it', async () => {
  const trainer = startSleeper()
  const ledger = await openTrainerLedger({ folder, workerId: 'worker' })
  await ledger.add(trainer.pid)
  expect(await readdir(folder)).toEqual(['worker.json'])
  trainer.child.kill('SIGKILL')
  await ledger.remove(trainer.pid)
  await ledger.close()
  expect(await readdir(folder)).toEqual([])
})

test('what could not be noted, as on a full disk, is noted with the next trainer', async () => {
  const [first, second] = [startSleeper(), startSleeper()]
  const ledger = await openTrainerLedger({ folder, workerId: 'worker' })
  await rm(folder, { recursive: true })
  await expect(ledger.add(first.pid)).rejects.toThrow('ENOENT')
  await mkdir(folder)
  await ledger.add(second.pid)
  const { trainers } = JSON.parse(await readFile(path.join(folder, 'worker.json'), 'utf8'))
  expect(trainers.map(({ pid }: { pid: number }) => pid)).toEqual([first.pid, second.pid])
  for (const { child } of [first, second]) child.kill('SIGKILL')
})
