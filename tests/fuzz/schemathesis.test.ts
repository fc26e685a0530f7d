import { expect, test } from 'vitest'
import { presentPythonWithHttp } from '@trainyard/testing/python/python-with-http'
import { runSchemathesis } from './run-schemathesis.ts'

const python = await presentPythonWithHttp()

test.skipIf(python === null)(
  'schemathesis — whatever is asked, no 5xx, and every answer fits the document',
  { timeout: 900_000 },
  async () => {
    const { code, requests, output } = await runSchemathesis(python ?? '', { examples: 5, seed: 1 })
    expect(code, output).toBe(0)
    expect(requests).toBeGreaterThan(1000)
  },
)
