import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createScript } from '../lua/create-script.ts'

interface CreateArgs {
  id: string
  /** Of the secret. */
  hash: string
  owner: string
  maxRunning?: number | undefined
  /** Of the key: name, value, name, value, … */
  fields: readonly string[]
}

const OkOrMissing = z.enum(['ok', 'missing'])

export const keyScripts = ({ redis, prefix }: { redis: Redis; prefix: string }) => ({
  create: createScript<CreateArgs, 'ok'>({ redis, prefix, name: 'keys/create', answer: z.literal('ok') }),
  use: createScript<{ hash: string }, string[]>({ redis, prefix, name: 'keys/use', answer: z.array(z.string()) }),
  revoke: createScript<{ id: string }, 'ok' | 'missing'>({ redis, prefix, name: 'keys/revoke', answer: OkOrMissing }),
})
