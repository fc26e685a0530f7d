import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createScript } from '../lua/create-script.ts'

const DueJobs = z.array(z.tuple([z.string(), z.int(), z.string(), z.int(), z.literal([0, 1]), z.int()]))
const Undelivered = z.tuple([z.string(), z.array(z.string())])

interface UndeliveredArgs {
  after: string
  count: number
}

export const outboxScripts = ({ redis, prefix }: { redis: Redis; prefix: string }) => ({
  due: createScript<{ count: number }, z.infer<typeof DueJobs>>({ redis, prefix, name: 'queue/due', answer: DueJobs }),
  undelivered: createScript<UndeliveredArgs, z.infer<typeof Undelivered>>({
    redis,
    prefix,
    name: 'queue/undelivered',
    answer: Undelivered,
  }),
  redispatch: createScript<{ jobs: readonly string[] }, number>({ redis, prefix, name: 'queue/redispatch', answer: z.int() }),
})
