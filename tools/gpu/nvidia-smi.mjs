import { execFileSync } from 'node:child_process'
import { errorMessage } from '../process/tool-error.mjs'

/** A driver may hang. */
const RESPONSE_TIMEOUT_MS = 15_000

/**
 * nvidia-smi's output, a row for each GPU; `failure`: its message, which it prints on stdout as a rule. A driver without a GPU is no failure.
 * @param {{ program: string, query: string, env: NodeJS.ProcessEnv }} options
 * @returns {{ rows: string[][], failure: string | null }}
 */
export function queryNvidiaSmi({ program, query, env }) {
  try {
    const args = [`--query-gpu=${query}`, '--format=csv,noheader']
    const printed = execFileSync(program, args, { env, encoding: 'utf8', timeout: RESPONSE_TIMEOUT_MS, stdio: ['ignore', 'pipe', 'pipe'] })
    const lines = printed.split('\n').filter((line) => line.trim() !== '')
    return { rows: lines.map((line) => line.split(', ')), failure: null }
  } catch (error) {
    const message = ['stdout', 'stderr'].map((stream) => String(Reflect.get(Object(error), stream) ?? '')).join('\n')
    if (message.includes('No devices were found')) return { rows: [], failure: null }
    return { rows: [], failure: message.trim().split('\n')[0] || errorMessage(error) }
  }
}
