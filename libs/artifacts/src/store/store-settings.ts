import { z } from 'zod'

const Address = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
/** Compose files and unit files set what they do not know to nothing. */
const Unset = z.literal('').transform(() => undefined)

/** Where artifacts are kept, as the API and workers read it from their environment. Credentials are the SDK's own matter. */
export const StoreEnv = z.object({
  TRAINYARD_ARTIFACTS: Unset.or(
    z.string().regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[\w-][\w.-]*)*\/?$/, 'must be s3://BUCKET or s3://BUCKET/PREFIX'),
  ).optional(),
  TRAINYARD_S3_ENDPOINT: Unset.or(Address).optional(),
  TRAINYARD_S3_PUBLIC_ENDPOINT: Unset.or(Address).optional(),
  AWS_REGION: z
    .string()
    .default('')
    .transform((region) => region || 'us-east-1'),
})

export interface StoreSettings {
  bucket: string
  /** Before every key: empty, or it ends with a slash. */
  prefix: string
  region: string
  /** Of a store that is not Amazon's. */
  endpoint: string | undefined
  /** Where users' machines reach it, for downloads. */
  publicEndpoint: string | undefined
}

/** null: artifacts lie in the data folder. */
export function storeSettings(env: z.infer<typeof StoreEnv>): StoreSettings | null {
  if (env.TRAINYARD_ARTIFACTS === undefined) return null
  const [bucket = '', ...folders] = env.TRAINYARD_ARTIFACTS.slice('s3://'.length).split('/')
  return {
    bucket,
    prefix: folders.map((folder) => (folder === '' ? '' : `${folder}/`)).join(''),
    region: env.AWS_REGION,
    endpoint: env.TRAINYARD_S3_ENDPOINT,
    publicEndpoint: env.TRAINYARD_S3_PUBLIC_ENDPOINT,
  }
}
