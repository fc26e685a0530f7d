import { formatLr } from './config-chips.tsx'

type FieldValue = string | number | boolean | readonly (string | number)[] | null | undefined

/** A config's field in a table's cell. */
export function fieldValue(field: string, value: FieldValue): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'number') return field === 'lr' ? formatLr(value) : String(Number(value.toPrecision(6)))
  return Array.isArray(value) ? value.join('–') : String(value)
}
