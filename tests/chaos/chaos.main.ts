import { parseArgs } from 'node:util'
import { z } from 'zod'
import { machineLine } from '../../bench/machine.ts'
import { countsTable } from './checks/counts-table.ts'
import { LONG } from './cluster/scale.ts'
import { SCENARIOS } from './scenarios/scenarios.ts'

const { values } = parseArgs({ options: { kills: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } } })
const wholeNumber = z.coerce.number().int().min(0).max(0xffff_ffff)
const seed = wholeNumber.default(Date.now() % 1_000_000).parse(values.seed)
const kills = wholeNumber.default(LONG.kills).parse(values.kills)
const chosen = SCENARIOS.filter(({ name }) => values.only === undefined || name === values.only)

const log = (text: string): void => void process.stderr.write(`${text}\n`)
if (chosen.length === 0) log(`--only takes one of: ${SCENARIOS.map(({ name }) => name).join(', ')}`)
const rows = []
let faults = chosen.length === 0 ? 1 : 0
for (const { name, promise, obstacle, run } of chosen) {
  log(`\n${name}: ${promise} (seed ${seed})`)
  const reason = obstacle?.() ?? null
  if (reason !== null) {
    log(`  skipped: ${reason}`)
    continue
  }
  try {
    const { counts, violations } = await run({ seed, scale: { ...LONG, kills }, log: (text) => log(`  ${text}`) })
    rows.push({ name, counts })
    for (const violation of violations) log(`  VIOLATION ${violation}`)
    faults += violations.length
  } catch (error) {
    rows.push({ name, counts: null })
    log(`  FAILED ${error instanceof Error ? error.stack : String(error)}`)
    faults += 1
  }
}
process.stdout.write(`${countsTable(rows)}\n\nseed ${seed}, ${kills} kills; ${machineLine()}\n`)
process.exitCode = faults > 0 ? 1 : 0
