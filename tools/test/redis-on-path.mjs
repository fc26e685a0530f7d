import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { OWN_NODE } from '../process/repository.mjs'

/**
 * Tests start a `redis-server` of their own: runs `work` with a PATH that has this host's by that name, and our Node.
 * @param {{ redisServer: string | null, env: NodeJS.ProcessEnv }} options
 * @param {(options: { searchPath: string, scratch: string }) => Promise<number>} work `scratch`: a folder that is removed afterwards
 */
export async function withRedisOnPath({ redisServer, env }, work) {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'trainyard-test-'))
  try {
    if (redisServer) symlinkSync(redisServer, path.join(scratch, 'redis-server'))
    return await work({ searchPath: [scratch, path.dirname(OWN_NODE), env['PATH']].join(path.delimiter), scratch })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
