import type { forkedRequest } from '@trainyard/planning'
import { EXPERIMENT_FORM } from './experiment-form.ts'
import { readTexts, type Texts, textOf } from './fields/format-form.ts'

/** The form that an address fills in: /new?depth=12&norm=batch. */
export function textsFromSearch(search: string): Texts {
  const params = new URLSearchParams(search)
  return Object.fromEntries(EXPERIMENT_FORM.flags.flatMap(({ field }) => (params.has(field) ? [[field, params.get(field) ?? '']] : [])))
}

/** The address that fills in the form so. */
export function addressOf(texts: Texts): string {
  const filled = Object.entries(texts).filter(([, text]) => text !== '')
  return filled.length === 0 ? '/new' : `/new?${new URLSearchParams(Object.fromEntries(filled))}`
}

/** The form that makes such an experiment once more. How its first layer is computed is left to the service: it fits these numbers, not others. */
export function textsFromExperiment({ config, ...described }: Parameters<typeof forkedRequest>[0]): Texts {
  const { firstLayer: _firstLayer, depth, width, layerSizes, ...others } = config
  const layers = depth === 0 ? { depth } : width === null ? { layerSizes } : { depth, width }
  const { name, tags, notes, priority, pool } = described
  const fields = Object.entries({ ...others, ...layers, name, tags, notes, priority, pool }).filter(([, value]) => value !== null)
  const { given } = readTexts(EXPERIMENT_FORM, Object.fromEntries(fields.map(([field, value]) => [field, textOf(value)])))
  return Object.fromEntries(Object.entries(given).map(([field, value]) => [field, textOf(value)]))
}
