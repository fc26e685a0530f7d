import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createScript } from '../lua/create-script.ts'

interface CreateArgs {
  /** Six random characters of the id. */
  suffix: string
  idempotency?: { key: string; bodyHash: string } | undefined
  maxConcurrent: number
  /** Of the record: name, value, name, value, … */
  fields: readonly string[]
  /** Each trial's experiment as JSON. */
  plan: readonly string[]
}

const Created = z.tuple([z.string(), z.enum(['created', 'replayed', 'reused'])])

export const sweepScripts = ({ redis, prefix }: { redis: Redis; prefix: string }) => ({
  create: createScript<CreateArgs, z.infer<typeof Created>>({ redis, prefix, name: 'sweeps/create', answer: Created }),
  cancel: createScript<{ id: string }, string>({ redis, prefix, name: 'sweeps/cancel', answer: z.string() }),
  created: createScript<{ id: string }, 'ok'>({ redis, prefix, name: 'sweeps/created', answer: z.literal('ok') }),
})
