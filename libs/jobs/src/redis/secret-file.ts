import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** A setting that names a file, as containers are given their secrets; parses to what the file holds. */
export const SecretFile = z
  .string()
  .min(1)
  .transform((file, context) => {
    try {
      const secret = readFileSync(file, 'utf8').trim()
      if (secret !== '') return secret
      context.addIssue(`names ${file}, which is empty`)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : error
      context.addIssue(`names ${file}, which cannot be read (${String(code)})`)
    }
    return z.NEVER
  })
