import { z } from 'zod'

/** Where a page of a list ended, as the page before answered it. */
export const PageToken = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[A-Za-z0-9_-]+$/, 'is not a page token of a list')
  .describe('nextPageToken of the page before')
