import { createHash } from 'node:crypto'
import { canonicalConfig, type ExperimentConfig, type ExperimentRequest } from '@trainyard/contracts'
import { z } from 'zod'

/** Equal for configs that must give equal numbers. */
export function configHash(config: ExperimentConfig): string {
  return sha256(canonicalConfig(config))
}

/** Equal for bodies that mean the same, whatever the order of their fields and whether defaults are spelt out. */
export function bodyHash(body: ExperimentRequest): string {
  return sha256(JSON.stringify(Object.entries(body).toSorted(([a], [b]) => (a < b ? -1 : 1))))
}

/** Equal for requests to the same route with bodies that mean the same. */
export function requestHash({ url, body }: { url: string; body: unknown }): string {
  const fields = z.record(z.string(), z.unknown()).catch({}).parse(body)
  return sha256(`${url} ${JSON.stringify(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`)
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
