import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createScript } from '../lua/create-script.ts'

interface CreateArgs {
  /** Six random characters of the id. */
  suffix: string
  idempotency?: { key: string; bodyHash: string } | undefined
  queue: string
  /** JSON, as the next two. */
  tags: string
  nameTerms: string
  tagTerms: string
  parent?: string | undefined
  /** The parent's first epochs that it has, each as JSON. */
  inherited: readonly string[]
  /** Of the initial checkpoint that was pinned for it. */
  checkpointToken?: string | undefined
  owner?: string | undefined
  /** How many of the owner's may be queued. */
  maxQueued?: number | undefined
  /** What a replay is compared with: epochs, each as JSON, and their layers' hashes. */
  expected: readonly string[]
  expectedHashes: string
  sweep?: { id: string; trial: number } | undefined
  /** Of the record: name, value, name, value, … */
  fields: readonly string[]
}

interface PatchArgs {
  id: string
  /** Fields to set: name, value, … */
  fields: readonly string[]
  removed: readonly string[]
  /** JSON, as the next two. */
  tags?: string | undefined
  nameTerms?: string | undefined
  tagTerms?: string | undefined
  priority?: number | undefined
}

const Created = z.tuple([z.string(), z.enum(['created', 'replayed', 'reused', 'gone', 'quota', 'ended'])])

/** All but `create` answer the state they found, or 'missing', and have an effect only where that state allows it. */
export const experimentScripts = ({ redis, prefix }: { redis: Redis; prefix: string }) => {
  const transition = (name: string) =>
    createScript<{ id: string }, string>({ redis, prefix, name: `experiments/${name}`, answer: z.string() })
  return {
    create: createScript<CreateArgs, z.infer<typeof Created>>({ redis, prefix, name: 'experiments/create', answer: Created }),
    cancel: transition('cancel'),
    pause: transition('pause'),
    resume: transition('resume'),
    patch: createScript<PatchArgs, string>({ redis, prefix, name: 'experiments/patch', answer: z.string() }),
    remove: transition('delete'),
  }
}
