import { z } from 'zod'
import { plainText } from '../http/plain-text.ts'

/** What a key may do: look; submit experiments and change its owner's own; all, for all. */
export const KeyScope = z.enum(['read', 'submit', 'admin'])
export type KeyScope = z.infer<typeof KeyScope>

/** A scope and all that are below it. */
export const allows = (scope: KeyScope, wanted: KeyScope): boolean => KeyScope.options.indexOf(scope) >= KeyScope.options.indexOf(wanted)

const label = plainText()
  .min(1)
  .max(100)
  .regex(/^\S(.*\S)?$/, 'must not begin or end with a space')

const KeyFields = {
  name: label.describe('for people'),
  owner: label.describe('whose experiments it submits; several keys may have one owner'),
  scope: KeyScope.describe('admin may do what submit may, and submit what read may'),
  maxRunning: z.int().min(1).max(1000).nullable().describe("how many of the owner's experiments run at once; null: any number"),
  maxQueued: z.int().min(1).max(100_000).nullable().describe("how many of the owner's experiments wait at once; null: any number"),
  requestsPerMinute: z.int().min(1).max(1_000_000).describe('of this key, over all of the API'),
}

/** The body of POST /keys. */
export const KeyRequest = z
  .strictObject({
    ...KeyFields,
    owner: label.optional().describe('whose experiments it submits (default: the name)'),
    scope: KeyFields.scope.default('submit'),
    maxRunning: KeyFields.maxRunning.unwrap().optional().describe("how many of the owner's experiments run at once"),
    maxQueued: KeyFields.maxQueued.unwrap().optional().describe("how many of the owner's experiments wait at once"),
    requestsPerMinute: KeyFields.requestsPerMinute.default(600),
  })
  .meta({ id: 'KeyRequest' })
export type KeyRequest = z.infer<typeof KeyRequest>

/** A key, but for its secret, of which only a hash is kept. */
export const ApiKey = z
  .object({
    id: z.string(),
    ...KeyFields,
    beginsWith: z.string().describe('the first characters of the secret, to tell keys apart'),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable().describe('to the minute'),
    revokedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ApiKey' })
export type ApiKey = z.infer<typeof ApiKey>

export const NewApiKey = ApiKey.extend({ secret: z.string().describe('shown this once: send it as `Authorization: Bearer`') }).meta({
  id: 'NewApiKey',
})
export type NewApiKey = z.infer<typeof NewApiKey>

export const ApiKeyList = z.object({ items: z.array(ApiKey) }).meta({ id: 'ApiKeyList' })
export type ApiKeyList = z.infer<typeof ApiKeyList>
