import os from 'node:os'
import path from 'node:path'
import { EnvironmentError } from '@trainyard/contracts'
import { z } from 'zod'

/** There are no keys yet: whoever can reach the port can do everything. */
const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

const ApiEnv = z.object({
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// address' }).default('redis://127.0.0.1:6379'),
  TRAINYARD_HOST: z
    .string()
    .refine(
      isLoopback,
      'must be 127.0.0.1, ::1 or localhost: there are no keys yet, so nobody else may reach the service; use an SSH tunnel',
    )
    .default('127.0.0.1'),
  TRAINYARD_PORT: z.coerce.number().int().min(0).max(65_535).default(8787),
  TRAINYARD_DATA: z
    .string()
    .min(1)
    .default(path.join(os.homedir(), '.local', 'share', 'trainyard')),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

export function readApiConfig(env: NodeJS.ProcessEnv) {
  const parsed = ApiEnv.safeParse(env)
  if (!parsed.success) throw new EnvironmentError(parsed.error)
  const { REDIS_URL, TRAINYARD_HOST, TRAINYARD_PORT, TRAINYARD_DATA, LOG_LEVEL } = parsed.data
  return { redisUrl: REDIS_URL, host: TRAINYARD_HOST, port: TRAINYARD_PORT, dataFolder: TRAINYARD_DATA, logLevel: LOG_LEVEL }
}
export type ApiConfig = ReturnType<typeof readApiConfig>
