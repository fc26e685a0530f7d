import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { SLOW } from '../cluster/configs.ts'
import type { Rig } from '../cluster/rig.ts'
import type { Scenario } from './scenario.ts'
import { withRig } from '../cluster/with-rig.ts'

/** What a crash or a bad disk may do to a file. */
const DAMAGES: ((file: string) => Promise<void>)[] = [
  async (file) => truncate(file, Math.floor((await readFile(file)).length / 2)),
  async (file) => {
    const bytes = await readFile(file)
    const middle = bytes.length >> 1
    bytes.writeUInt8((bytes[middle] ?? 0) ^ 1, middle)
    await writeFile(file, bytes)
  },
  (file) => rm(file),
]

/** The newest checkpoint is cut in half, has a bit turned, or is gone when its experiment resumes. */
export const damagedCheckpoints: Scenario = {
  name: 'damaged-checkpoints',
  promise: 'a torn checkpoint is skipped for the one before, with a warning in the log, and the bits stay the same',
  run: (options) =>
    withRig({ ...options, configs: [SLOW] }, async (rig) => {
      await Promise.all(DAMAGES.map((damage) => resumeDamaged(rig, damage)))
    }),
}

/** Twice in a row: what the first one fell back on must still be there. */
async function resumeDamaged(rig: Rig, damage: (typeof DAMAGES)[number]): Promise<void> {
  const { cluster, users, submit, reaches, paused, ended } = rig
  const id = await submit()
  await reaches(id, 10)
  await paused(id)
  await users.ask('resume', id)
  for (let times = 0; times < 2; times++) {
    const { latest } = await users.client().experiments.get(id)
    await reaches(id, (latest?.epoch ?? 0) + 10)
    await paused(id)
    const { forkPoints, attempts } = await users.client().experiments.get(id)
    const [newest, before] = forkPoints
    if (!newest || !before) throw new Error(`${id} keeps no two checkpoints: ${JSON.stringify(forkPoints)}`)
    const folder = path.join(cluster.data, 'checkpoints', id)
    const ending = `-${String(newest.epoch).padStart(6, '0')}.checkpoint`
    for (const file of (await readdir(folder)).filter((each) => each.endsWith(ending))) await damage(path.join(folder, file))
    await users.ask('resume', id)
    await reaches(id, newest.epoch + 1)
    await expectResumed(rig, { id, attempt: attempts.length, newest: newest.epoch, before: before.epoch })
  }
  await ended(id)
}

async function expectResumed(
  { users, hold }: Rig,
  { id, attempt, newest, before }: { id: string; attempt: number; newest: number; before: number },
): Promise<void> {
  const from = (await users.client().experiments.get(id)).attempts[attempt]?.resumedFromEpoch
  hold(from === before, `${id}: resumed from epoch ${from}, not from ${before}, though only the checkpoint of epoch ${newest} was damaged`)
  const { items: log } = await users.client().experiments.logs(id)
  const warning = log.some(({ level, message }) => level === 'warn' && message.includes(`epoch ${newest}`))
  hold(warning, `${id}: its log does not warn of the checkpoint of epoch ${newest}`)
}
