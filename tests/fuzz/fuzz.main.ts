import { parseArgs } from 'node:util'
import { z } from 'zod'
import { machineLine } from '../../bench/machine.ts'
import { pythonWithHttp } from '@trainyard/testing/python/python-with-http'
import { runSchemathesis } from './run-schemathesis.ts'

const EXAMPLES = 60
const { values } = parseArgs({ options: { requests: { type: 'string' }, seed: { type: 'string' } } })
const wholeNumber = z.coerce.number().int().min(1).max(0xffff_ffff)
const wanted = wholeNumber.default(20_000).parse(values.requests)
const seed = wholeNumber.default(Date.now() % 1_000_000).parse(values.seed)

const python = await pythonWithHttp()
let sent = 0
let failures = 0
for (let round = 0; sent < wanted; round++) {
  const { code, requests, output } = await runSchemathesis(python, { examples: EXAMPLES, seed: seed + round })
  sent += requests
  if (code !== 0) {
    failures += 1
    process.stdout.write(output)
  }
  process.stderr.write(`seed ${seed + round}: ${requests} requests, ${sent} of ${wanted} in all, ${code === 0 ? 'no failure' : 'FAILED'}\n`)
  if (requests === 0) break
}
process.stdout.write(`${sent} requests, ${failures} rounds with failures; first seed ${seed}; ${machineLine()}\n`)
process.exitCode = failures > 0 || sent < wanted ? 1 : 0
