import os from 'node:os'
import path from 'node:path'
import { EnvironmentError } from '@trainyard/contracts'
import { type Flowers102Source, PUBLISHED_FLOWERS102 } from '@trainyard/datasets'
import { z } from 'zod'

const TrainerEnvironment = z.object({
  TRAINYARD_DATA: z
    .string()
    .min(1)
    .default(path.join(os.homedir(), '.local', 'share', 'trainyard')),
  FLOWERS102_ROOT: z.string().min(1).optional(),
  /** A mirror of the published files, for a class behind a slow line. */
  TRAINYARD_FLOWERS102_URL: z.url({ protocol: /^https?$/ }).optional(),
})

export interface TrainerFolders {
  /** The data directory: downloads and decoded splits lie below it. */
  data: string
  /** The operator's own Flowers102, as torchvision lays it out, or null. */
  flowers102: string | null
  /** Where Flowers102 is downloaded from, if it has to be. */
  source: Flowers102Source
  /** What a process that works on these folders is started with. */
  environment: NodeJS.ProcessEnv
}

export function readTrainerFolders(env: NodeJS.ProcessEnv): TrainerFolders {
  const parsed = TrainerEnvironment.safeParse(env)
  if (!parsed.success) throw new EnvironmentError(parsed.error)
  const { TRAINYARD_DATA, FLOWERS102_ROOT, TRAINYARD_FLOWERS102_URL: mirror } = parsed.data
  const source = mirror ? { ...PUBLISHED_FLOWERS102, baseUrl: mirror.endsWith('/') ? mirror : `${mirror}/` } : PUBLISHED_FLOWERS102
  return { data: TRAINYARD_DATA, flowers102: FLOWERS102_ROOT ?? null, source, environment: env }
}
