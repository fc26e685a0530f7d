import { ExpectedError } from '@trainyard/contracts'

/** The whole number that --limit was given. */
export function parseCount(limit: string): number {
  if (/^\d+$/.test(limit)) return Number(limit)
  throw new ExpectedError('INVALID_INPUT', `--limit wants a whole number, not ${JSON.stringify(limit)}`)
}
