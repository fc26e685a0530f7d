import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { writeWhole } from '@trainyard/files'
import { z } from 'zod'

const Started = z.object({ pid: z.int(), startTime: z.string() })
const Pidfile = z.object({ host: z.string(), worker: Started, trainers: z.array(Started) })
type Started = z.infer<typeof Started>

export interface TrainerPidfile {
  add(pid: number): Promise<void>
  remove(pid: number): Promise<void>
  /** To be called when the worker leaves. */
  close(): Promise<void>
}

/** Writes down which trainers a worker has, so that the next worker can end those that outlive it. */
export async function openTrainerPidfile({ folder, workerId }: { folder: string; workerId: string }): Promise<TrainerPidfile> {
  await mkdir(folder, { recursive: true })
  await killOrphanedTrainers(folder)
  const file = path.join(folder, `${workerId}.json`)
  const worker = { pid: process.pid, startTime: (await startTimeOf(process.pid)) ?? '' }
  let trainers: Started[] = []
  let written = Promise.resolve()
  const write = () => {
    const text = JSON.stringify({ host: os.hostname(), worker, trainers })
    written = written.catch(() => {}).then(() => writeWhole(file, (part) => writeFile(part, text)))
    return written
  }
  return {
    async add(pid) {
      const startTime = await startTimeOf(pid)
      if (startTime === null) return
      trainers = [...trainers, { pid, startTime }]
      await write()
    },
    async remove(pid) {
      trainers = trainers.filter((each) => each.pid !== pid)
      await write()
    },
    async close() {
      await written.catch(() => {})
      await rm(file, { force: true })
    },
  }
}

/** Ends the trainers of this host's dead workers. A pid alone may be another process's by now, so its start time must match. */
async function killOrphanedTrainers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name)
    const pidfile = await readPidfile(file)
    if (pidfile && (pidfile.host !== os.hostname() || (await isRunning(pidfile.worker)))) continue
    for (const trainer of pidfile?.trainers ?? []) if (await isRunning(trainer)) process.kill(trainer.pid, 'SIGKILL')
    await rm(file, { force: true })
  }
}

/** null for a file that was torn by a crash. */
async function readPidfile(file: string): Promise<z.infer<typeof Pidfile> | null> {
  try {
    return Pidfile.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return null
  }
}

const isRunning = async ({ pid, startTime }: Started): Promise<boolean> => (await startTimeOf(pid)) === startTime

/** Clock ticks from boot to the process's start: field 22 of Linux's /proc/<pid>/stat; null where there is no such process, or no /proc. */
async function startTimeOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The second field is the command in parentheses and may hold spaces itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
