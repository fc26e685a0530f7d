import { z } from 'zod'

/** Where a page of a list ended, as the list before has answered it. */
export const PageToken = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[A-Za-z0-9_-]+$/, 'is not one that a list has answered')
  .describe('nextPageToken of the page before')
