import { apiKilled } from './api-killed.ts'
import { clockSet } from './clock-set.ts'
import { damagedCheckpoints } from './damaged-checkpoints.ts'
import { diskFull } from './disk-full.ts'
import { kills } from './kills.ts'
import { lostAnswers } from './lost-answers.ts'
import { ownerLost } from './owner-lost.ts'
import { redisAway } from './redis-away.ts'
import { redisFull } from './redis-full.ts'
import { redisKilled } from './redis-killed.ts'
import type { Scenario } from './scenario.ts'

/** All harm that `npm run chaos` does, in this order. */
export const SCENARIOS: readonly Scenario[] = [
  kills,
  ownerLost,
  redisKilled,
  redisAway,
  redisFull,
  lostAnswers,
  apiKilled,
  diskFull,
  damagedCheckpoints,
  clockSet,
]
