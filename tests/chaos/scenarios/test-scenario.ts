import { expect, test } from 'vitest'
import { type Scenario, SHORT } from './scenario.ts'

/** Faults come in the order that this gives; `npm run chaos -- --seed` takes another one. */
const SEED = 6
const WITHIN_MS = 400_000

/** The short version, for CI. What a host cannot carry out skips there with its reason printed; under CI=true it must. */
export function testScenario({ name, promise, obstacle, run }: Scenario): void {
  const say = (text: string): void => void process.stderr.write(`${name}: ${text}\n`)
  const reason = obstacle?.() ?? null
  if (reason !== null && process.env['CI'] === 'true') throw new Error(`${reason}; CI must be able to`)
  if (reason !== null) say(`skipped: ${reason}`)
  test.skipIf(reason !== null)(
    `${name} — ${promise}`,
    async () => {
      const { counts, violations } = await run({ seed: SEED, scale: SHORT, say })
      expect(violations, `with seed ${SEED}`).toEqual([])
      expect(counts).toMatchObject({ lost: 0, duplicated: 0 })
    },
    WITHIN_MS,
  )
}
