import { expect, test } from 'vitest'
import { SHORT } from '../cluster/scale.ts'
import type { Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

/** Faults come in the order that this gives; `npm run chaos -- --seed` takes another one. */
const SEED = 6
const SCENARIO_TIMEOUT_MS = 900_000

const log = (text: string): void => void process.stderr.write(`${text}\n`)

/** What a host cannot carry out skips with its reason printed; under CI=true it must be able to. */
function canRun({ name, obstacle }: Scenario): boolean {
  const reason = obstacle?.() ?? null
  if (reason !== null && process.env['CI'] === 'true') throw new Error(`${name}: ${reason}; CI must be able to`)
  if (reason !== null) log(`${name}: skipped: ${reason}`)
  return reason === null
}

// most of a scenario's time is waiting: for leases to expire, for what is away to come back
for (const scenario of SCENARIOS) {
  const { name, promise, run } = scenario
  test.runIf(canRun(scenario))(`${name} — ${promise}`, { concurrent: true, timeout: SCENARIO_TIMEOUT_MS }, async () => {
    const { counts, violations } = await run({ seed: SEED, scale: SHORT, log: (text) => log(`${name}: ${text}`) })
    expect(violations, `with seed ${SEED}`).toEqual([])
    expect(counts).toMatchObject({ lost: 0, duplicated: 0 })
  })
}
