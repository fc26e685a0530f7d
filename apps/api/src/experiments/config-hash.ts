import { createHash } from 'node:crypto'
import { canonicalConfig, type ExperimentConfig } from '@trainyard/contracts'
import { z } from 'zod'

/** Equal for configs that must give equal numbers. */
export function configHash(config: ExperimentConfig): string {
  return sha256(canonicalConfig(config))
}

/** Equal for requests to the same path with parsed bodies that mean the same, whatever the order of their fields. */
export function requestHash({ url, body }: { url: string; body: unknown }): string {
  const [path] = url.split('?')
  const fields = z.record(z.string(), z.unknown()).catch({}).parse(body)
  return sha256(`${path} ${JSON.stringify(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`)
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
