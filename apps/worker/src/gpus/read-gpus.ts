import type { Gpu } from '@trainyard/contracts'

const FIELDS = 'index,uuid,name,driver_version,memory.total,memory.used,utilization.gpu,temperature.gpu,power.draw'

/** Asks nvidia-smi for what `readGpus` reads. */
export const GPU_QUERY = [`--query-gpu=${FIELDS}`, '--format=csv,noheader,nounits'] as const

/** The GPUs in what nvidia-smi printed; a line that is none, such as a warning, is passed over. */
export function readGpus(printed: string): Gpu[] {
  const rows = printed.split('\n').map((line) => line.trim().split(/\s*,\s*/))
  return rows.flatMap(([index = '', uuid = '', name = '', driver = '', ...measures]) => {
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

/** Where it has no number it prints [N/A], [Not Supported], [Unknown Error] or ERR!. */
const measureIn = (text: string): number | null => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : null)
const scaled = (value: number | null | undefined, factor: number): number | null =>
  value === null || value === undefined ? null : value * factor
