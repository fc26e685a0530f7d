import { z } from 'zod'
import { ExpectedError } from '../errors.ts'

/** Settings for GPUs in the environment of a process that loads TensorFlow, and of a worker that starts such processes. */
export const EngineSettings = z.object({
  TRAINYARD_ENGINE: z.enum(['auto', 'cpu', 'gpu'], { error: 'must be auto, cpu or gpu' }).default('auto'),
  TRAINYARD_GPU_MEMORY_BYTES: z.coerce
    .number()
    .int()
    .min(2 ** 26)
    .optional(),
})

const Measured = (what: string) => z.number().nullable().describe(`${what}; null where the driver does not report it`)

/** A GPU as nvidia-smi reports it. */
export const Gpu = z
  .object({
    index: z.int().describe("nvidia-smi's number, in the order of the PCI bus"),
    uuid: z.string(),
    name: z.string(),
    driverVersion: z.string().nullable(),
    memoryTotalBytes: Measured('its memory'),
    memoryUsedBytes: Measured('by all processes'),
    utilisation: Measured('share of the time in which it computed, from 0 to 1'),
    temperatureCelsius: Measured('temperature'),
    powerWatts: Measured('power'),
  })
  .meta({ id: 'Gpu' })
export type Gpu = z.infer<typeof Gpu>

/** Whether an entry of CUDA_VISIBLE_DEVICES means this GPU: its index, or the beginning of its UUID. */
export const matchesGpu = ({ index, uuid }: Pick<Gpu, 'index' | 'uuid'>, name: string): boolean =>
  name === `${index}` || (name.startsWith('GPU-') && uuid.startsWith(name))

export class GpuUnavailableError extends ExpectedError {
  constructor(message: string) {
    super('GPU_UNAVAILABLE', message)
  }
}
