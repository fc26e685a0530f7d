import { execFileSync, spawnSync } from 'node:child_process'
import { open, writeFile } from 'node:fs/promises'
import path from 'node:path'

const SOURCE = path.join(import.meta.dirname, 'clock.c')

/** A process's clock that can be set while it runs. What measures how long something takes goes on, as on a machine whose clock is set. */
export interface SettableClock {
  environment: NodeJS.ProcessEnv
  /** This far ahead of the machine's. */
  set(offsetSeconds: number): Promise<void>
}

export const clockObstacle = (): string | null =>
  spawnSync('cc', ['--version']).status === 0 ? null : 'no C compiler (cc) to make a clock with that can be set'

/** Makes the library that processes with such a clock are started with; answers its file. */
export function buildClock(folder: string): string {
  const library = path.join(folder, 'clock.so')
  execFileSync('cc', ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror', '-o', library, SOURCE])
  return library
}

export async function createClock({ library, file }: { library: string; file: string }): Promise<SettableClock> {
  await writeFile(file, Buffer.alloc(8))
  return {
    environment: { LD_PRELOAD: library, CLOCK_FILE: file },
    async set(offsetSeconds) {
      const bytes = Buffer.alloc(8)
      bytes.writeBigInt64LE(BigInt(offsetSeconds))
      // in place: processes have this very file before their eyes
      const handle = await open(file, 'r+')
      await handle.write(bytes)
      await handle.close()
    },
  }
}
