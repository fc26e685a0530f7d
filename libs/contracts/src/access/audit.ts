import { z } from 'zod'

/** One call that changed something, or would have and was refused. */
export const AuditEntry = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    keyId: z.string().nullable().describe('null: no key was needed, or none was given'),
    owner: z.string().nullable(),
    method: z.string(),
    route: z.string().describe('as the document names it'),
    target: z.string().nullable().describe('the experiment, or what else the path names'),
    status: z.int(),
    address: z.string(),
    requestId: z.string(),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntry = z.infer<typeof AuditEntry>

export const AuditPage = z.object({ items: z.array(AuditEntry), nextPageToken: z.string().nullable() }).meta({ id: 'AuditPage' })
export type AuditPage = z.infer<typeof AuditPage>
