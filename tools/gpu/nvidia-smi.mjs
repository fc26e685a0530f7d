import { execFileSync } from 'node:child_process'
import { messageOf } from '../process/tool-error.mjs'

/** A driver that hangs must not hold up whoever asks for ever. */
const ANSWERS_WITHIN_MS = 15_000

/**
 * What nvidia-smi answers, a row for each GPU; `failure`: its own words, which it says on stdout as a rule. A driver without a GPU is no failure.
 * @param {{ program: string, query: string, env: NodeJS.ProcessEnv }} options
 * @returns {{ rows: string[][], failure: string | null }}
 */
export function askNvidiaSmi({ program, query, env }) {
  try {
    const args = [`--query-gpu=${query}`, '--format=csv,noheader']
    const printed = execFileSync(program, args, { env, encoding: 'utf8', timeout: ANSWERS_WITHIN_MS, stdio: ['ignore', 'pipe', 'pipe'] })
    const lines = printed.split('\n').filter((line) => line.trim() !== '')
    return { rows: lines.map((line) => line.split(', ')), failure: null }
  } catch (error) {
    const said = ['stdout', 'stderr'].map((stream) => String(Reflect.get(Object(error), stream) ?? '')).join('\n')
    if (said.includes('No devices were found')) return { rows: [], failure: null }
    return { rows: [], failure: said.trim().split('\n')[0] || messageOf(error) }
  }
}
