import { createHash } from 'node:crypto'
import { canonicalConfig, type ExperimentConfig } from '@trainyard/contracts'

/** A checkpoint belongs to the configs with this hash: those that must give the same numbers. */
export const configHash = (config: ExperimentConfig): string => createHash('sha256').update(canonicalConfig(config)).digest('hex')
