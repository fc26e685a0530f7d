import { z } from 'zod'

/** An error's body: RFC 9457 application/problem+json. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string().describe('stable; docs/errors.md explains each'),
    requestId: z.string().optional().describe("also in the service's log"),
    errors: z
      .array(z.object({ pointer: z.string().describe('JSON pointer into the body, or the name of a parameter'), detail: z.string() }))
      .optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof Problem>
