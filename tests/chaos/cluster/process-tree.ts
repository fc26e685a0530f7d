import { readdirSync, readFileSync } from 'node:fs'

/** The trainers of a worker: its children that run the trainer's program. Linux's /proc knows. */
export function trainersOf(workerPid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && parentOf(pid) === workerPid && commandOf(pid).includes('/trainer/src/main.ts'))
}

export function isRunning(pid: number): boolean {
  return parentOf(pid) !== null
}

/** null for one that has ended, or is a zombie. */
function parentOf(pid: number): number | null {
  const stat = read(`/proc/${pid}/stat`)
  // The second field is the command in parentheses and may hold spaces itself; the state follows it, then the parent.
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === undefined || state === '' || state === 'Z' ? null : Number(parent)
}

const commandOf = (pid: number): string => read(`/proc/${pid}/cmdline`)

/** '' where the process is gone. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
