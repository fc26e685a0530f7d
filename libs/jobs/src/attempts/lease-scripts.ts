import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createScript } from '../lua/create-script.ts'
import type { Fence } from './attempt-scripts.ts'

interface ClaimArgs extends Fence {
  dispatch: number
  workerId: string
  waitBounds: readonly number[]
}

export type Outcome = 'completed' | 'stopped' | 'failed' | 'canceled' | 'paused' | 'drained' | 'retry'

interface FinishArgs extends Fence {
  outcome: Outcome
  /** Of a failure. */
  reason?: string | undefined
  /** JSON. */
  error?: string | undefined
}

const Renewal = z.enum(['renewed', 'cancel', 'pause', 'stop', 'lost'])
export type Renewal = z.infer<typeof Renewal>

export const leaseScripts = ({ redis, prefix }: { redis: Redis; prefix: string }) => ({
  claim: createScript<ClaimArgs, 0 | 1>({ redis, prefix, name: 'leases/claim', answer: z.literal([0, 1]) }),
  renew: createScript<{ leases: readonly Fence[] }, Renewal[]>({ redis, prefix, name: 'leases/renew', answer: z.array(Renewal) }),
  finish: createScript<FinishArgs, 'ok' | 'fenced'>({ redis, prefix, name: 'leases/finish', answer: z.enum(['ok', 'fenced']) }),
  reap: createScript<{ error: string }, string[]>({ redis, prefix, name: 'leases/reap', answer: z.array(z.string()) }),
})
