import { readFile } from 'node:fs/promises'

/** The kernel's counts of processes that it killed for memory: the whole host's, and this control group's where it has a limit of its own. */
const COUNTERS = ['/proc/vmstat', '/sys/fs/cgroup/memory.events']

/** How many processes the kernel has killed for memory so far, as far as it is known; it only grows. */
export async function outOfMemoryKills(files: readonly string[] = COUNTERS): Promise<number> {
  const counts = await Promise.all(files.map(async (file) => countIn(await readFile(file, 'utf8').catch(() => ''))))
  return counts.reduce((sum, count) => sum + count, 0)
}

const countIn = (text: string): number => Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0)
