import os from 'node:os'
import path from 'node:path'
import { ExpectedError } from '@trainyard/contracts'
import { z } from 'zod'

const TrainerEnvironment = z.object({
  TRAINYARD_DATA: z
    .string()
    .min(1)
    .default(path.join(os.homedir(), '.local', 'share', 'trainyard')),
  FLOWERS102_ROOT: z.string().min(1).optional(),
})

export interface TrainerFolders {
  /** Where downloaded and decoded datasets lie. */
  data: string
  /** The operator's own Flowers102, as torchvision lays it out, or null. */
  flowers102: string | null
}

export function readTrainerFolders(env: NodeJS.ProcessEnv): TrainerFolders {
  const parsed = TrainerEnvironment.safeParse(env)
  if (!parsed.success) throw new ExpectedError('CONFIG_INVALID', z.prettifyError(parsed.error), { cause: parsed.error })
  const { TRAINYARD_DATA, FLOWERS102_ROOT } = parsed.data
  return { data: path.join(TRAINYARD_DATA, 'datasets'), flowers102: FLOWERS102_ROOT ?? null }
}
