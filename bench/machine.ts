import os from 'node:os'

/** One line that describes the machine of the measurements. */
export function machineLine(): string {
  const cpus = os.cpus()
  const gib = Math.round(os.totalmem() / 2 ** 30)
  return `${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown processor'}, ${gib} GiB, Linux ${os.release()}, Node ${process.versions.node}`
}
