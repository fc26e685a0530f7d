import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { connectRedis } from '@trainyard/jobs'
import { poll } from '@trainyard/testing/inputs/poll'
import { killIfAlive } from '../cluster/app-process.ts'
import { LAYER, TINY } from '../cluster/configs.ts'
import { type Disk, diskObstacle, mountDisk } from '../cluster/disk.ts'
import { trainersOf } from '../cluster/process-tree.ts'
import type { Rig } from '../cluster/rig.ts'
import type { Scenario } from './scenario.ts'
import { withRig } from '../cluster/with-rig.ts'

const GIB = 2 ** 30
const WITHIN = { timeoutMs: 60_000 }

/** Redis's file, checkpoints and models share a disk that fills up: no more files, less than the reserve, nothing at all. */
export const diskFull: Scenario = {
  name: 'disk-full',
  promise: 'a full disk: new work is refused, a checkpoint that cannot be written is a warning, and with room again all completes',
  obstacle: diskObstacle,
  async run(options) {
    const disk = mountDisk()
    const [data, redisFolder] = [path.join(disk.folder, 'data'), path.join(disk.folder, 'redis')]
    for (const folder of [data, redisFolder]) mkdirSync(folder)
    try {
      const configs = [LAYER, LAYER, TINY]
      return await withRig({ ...options, workers: 1, mostLostAttempts: 1, configs, data, redisFolder }, (rig) => fill(rig, disk))
    } finally {
      disk.remove()
    }
  },
}

async function fill(rig: Rig, disk: Disk): Promise<void> {
  const { submit, reaches, becomes, ended, cluster } = rig
  const first = await submit()
  await reaches(first, 10)
  disk.leaveNoFiles()
  const owner = await rig.ownerOf(first)
  for (const trainer of trainersOf(owner.pid() ?? 0)) killIfAlive(trainer)
  await becomes(first, ({ attempts }) => typeof attempts[1]?.resumedFromEpoch === 'number')
  await pausedWithWarning(rig, first)
  disk.empty()
  await rig.users.ask('resume', first)
  await ended(first)

  const second = await submit()
  await reaches(second, 10)
  disk.leave(GIB)
  await poll(() => assertRefuses(rig), WITHIN)
  await pausedWithWarning(rig, second)
  disk.empty()
  await rig.users.ask('resume', second)
  await reaches(second, 20)

  // Redis cannot write, and rather ends than forget what it has said yes to
  await cluster.whileRedisIsAway(async () => {
    disk.leave(0)
    await poll(() => assertGone(cluster.redis.url), WITHIN)
    disk.empty()
    await cluster.redis.kill()
    await cluster.redis.restart()
  })
}

/** A pause writes a checkpoint; where it cannot, the run has to go on from an earlier one, and its log says why. */
async function pausedWithWarning({ users, paused }: Rig, id: string): Promise<void> {
  await paused(id)
  const { items } = await users.client().experiments.logs(id)
  if (!items.some(({ level, message }) => level === 'warn' && message.includes('could not be written')))
    throw new Error(JSON.stringify(items))
}

async function assertGone(redisUrl: string): Promise<void> {
  const redis = connectRedis(redisUrl, { name: 'look', whenDown: 'fail' })
  const answer = await redis.ping().catch(() => null)
  redis.disconnect()
  if (answer !== null) throw new Error('Redis is still there')
}

async function assertRefuses({ users }: Rig): Promise<void> {
  const { code } = await users.submitOnce({ ...TINY, name: 'beyond the reserve' })
  if (code !== 'STORE_FULL') throw new Error(`a POST was answered ${code ?? 'yes'}`)
}
