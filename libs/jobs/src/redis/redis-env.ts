import { z } from 'zod'
import { SecretFile } from './secret-file.ts'

/** Where an app finds Redis. */
export const RedisEnv = z.object({
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// address' }).default('redis://127.0.0.1:6379'),
  REDIS_PASSWORD_FILE: SecretFile.optional(),
})

/** The address with the password in it. */
export function redisUrlOf({ REDIS_URL, REDIS_PASSWORD_FILE: password }: z.infer<typeof RedisEnv>): string {
  if (password === undefined) return REDIS_URL
  const url = new URL(REDIS_URL)
  url.password = encodeURIComponent(password)
  return url.href
}
