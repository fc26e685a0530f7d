import { z } from 'zod'
import { ExpectedError } from '../errors.ts'

/** What a process that cachedSplits TensorFlow, and a worker that starts such processes, are told of GPUs, in their environment. */
export const EngineSettings = z.object({
  TRAINYARD_ENGINE: z.enum(['auto', 'cpu', 'gpu'], { error: 'must be auto, cpu or gpu' }).default('auto'),
  TRAINYARD_GPU_MEMORY_BYTES: z.coerce
    .number()
    .int()
    .min(2 ** 26)
    .optional(),
})

const Measured = (what: string) => z.number().nullable().describe(`${what}; null where the driver does not say`)

/** A GPU as nvidia-smi tells of it. */
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
export const isCalled = ({ index, uuid }: Pick<Gpu, 'index' | 'uuid'>, name: string): boolean =>
  name === `${index}` || (name.startsWith('GPU-') && uuid.startsWith(name))

const FIELDS = 'index,uuid,name,driver_version,memory.total,memory.used,utilization.gpu,temperature.gpu,power.draw'

/** Asks nvidia-smi for what `readGpus` reads. */
export const GPU_QUERY = [`--query-gpu=${FIELDS}`, '--format=csv,noheader,nounits'] as const

/** The GPUs in what nvidia-smi printed; a line that is none, such as a warning, is passed over. */
export function readGpus(printed: string): Gpu[] {
  return readCsv(printed).flatMap(([index = '', uuid = '', name = '', driver = '', ...measures]) => {
    if (!/^\d+$/.test(index) || measures.length !== 5) return []
    const [total, used, percent, celsius, watts] = measures.map(measureIn)
    return {
      ...{ index: Number(index), uuid, name, driverVersion: /^\d/.test(driver) ? driver : null },
      memoryTotalBytes: scaled(total, 2 ** 20),
      memoryUsedBytes: scaled(used, 2 ** 20),
      utilisation: scaled(percent, 0.01),
      temperatureCelsius: scaled(celsius, 1),
      powerWatts: scaled(watts, 1),
    }
  })
}

/** nvidia-smi's CSV, which quotes nothing. */
export const readCsv = (printed: string): string[][] =>
  printed
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((cell) => cell.trim()))

/** Where it has no number it prints [N/A], [Not Supported], [Unknown Error] or ERR!. */
const measureIn = (text: string): number | null => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : null)
const scaled = (value: number | null | undefined, factor: number): number | null =>
  value === null || value === undefined ? null : value * factor

export class GpuUnavailableError extends ExpectedError {
  constructor(message: string) {
    super('GPU_UNAVAILABLE', message)
  }
}
