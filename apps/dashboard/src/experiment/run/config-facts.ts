import { type ExperimentConfig, ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { formatLr } from '../../parts/config-chips.tsx'

export interface ConfigFact {
  field: string
  value: string
  /** Differs from what it would be unless it were given. */
  given: boolean
}

/** A config field by field. */
export function configFacts(config: ExperimentConfig): ConfigFact[] {
  // what a norm brings along is not given
  const { norm, normPosition } = config
  const likewise = resolveConfig(ExperimentRequest.parse({ norm, ...(normPosition !== null && { normPosition }) }))
  const usual: Record<string, unknown> = { ...likewise, norm: 'none', normPosition: 'before' }
  return Object.entries(config).flatMap(([field, value]) => {
    // depth and width say it, unless layers differ; fields without effect are null
    if (value === null || (field === 'layerSizes' && config.width !== null)) return []
    // how it is computed is chosen by the machine's speed
    const given = field !== 'firstLayer' && JSON.stringify(value) !== JSON.stringify(usual[field])
    return [{ field, value: formatField(field, value), given }]
  })
}

function formatField(field: string, value: NonNullable<ExperimentConfig[keyof ExperimentConfig]>): string {
  if (field === 'lr' && typeof value === 'number') return formatLr(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return Array.isArray(value) ? value.join(', ') : String(value)
}
