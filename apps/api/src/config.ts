import os from 'node:os'
import path from 'node:path'
import { StoreEnv, storeSettings } from '@trainyard/artifacts'
import { EnvironmentError } from '@trainyard/contracts'
import { RedisEnv, redisUrlOf, SecretFile } from '@trainyard/jobs'
import { z } from 'zod'

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

const Origins = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((origin) => origin !== ''))
  .refine((origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin), {
    error: 'must be addresses of sites like https://lab.example, without a path, with commas between them',
  })

const AdminKey = z.string().regex(/^\S{32,200}$/, 'must be 32 to 200 characters without spaces; openssl rand -hex 32 makes one')

const ApiEnv = z.object({
  ...RedisEnv.shape,
  ...StoreEnv.shape,
  TRAINYARD_HOST: z
    .union([z.ipv4(), z.ipv6(), z.literal('localhost')], { error: 'must be an IP address of this host, or localhost' })
    .default('127.0.0.1'),
  TRAINYARD_PORT: z.coerce.number().int().min(0).max(65_535).default(8787),
  TRAINYARD_DATA: z
    .string()
    .min(1)
    .default(path.join(os.homedir(), '.local', 'share', 'trainyard')),
  TRAINYARD_ADMIN_KEY: AdminKey.optional(),
  TRAINYARD_ADMIN_KEY_FILE: SecretFile.pipe(AdminKey).optional(),
  TRAINYARD_CORS_ORIGINS: Origins.default([]),
  TRAINYARD_MAX_PARAMETERS: z.coerce.number().int().min(1).default(1e10),
  TRAINYARD_MAX_DATASET_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(16 * 2 ** 30),
  TRAINYARD_MAX_WEIGHTS_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(2 * 2 ** 30),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

export function readApiConfig(env: NodeJS.ProcessEnv) {
  const parsed = ApiEnv.safeParse(env)
  if (!parsed.success) throw new EnvironmentError(parsed.error)
  const { data } = parsed
  return {
    redisUrl: redisUrlOf(data),
    host: data.TRAINYARD_HOST,
    /** Only this host can reach it. */
    onLoopback: isLoopback(data.TRAINYARD_HOST),
    port: data.TRAINYARD_PORT,
    dataFolder: data.TRAINYARD_DATA,
    artifactStore: storeSettings(data),
    adminKey: data.TRAINYARD_ADMIN_KEY ?? data.TRAINYARD_ADMIN_KEY_FILE ?? null,
    origins: data.TRAINYARD_CORS_ORIGINS,
    limits: {
      parameters: data.TRAINYARD_MAX_PARAMETERS,
      datasetBytes: data.TRAINYARD_MAX_DATASET_BYTES,
      weightsBytes: data.TRAINYARD_MAX_WEIGHTS_BYTES,
    },
    logLevel: data.LOG_LEVEL,
  }
}
export type ApiConfig = ReturnType<typeof readApiConfig>
