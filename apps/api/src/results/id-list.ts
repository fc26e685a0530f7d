import { z } from 'zod'
import { InvalidInputError } from '../http/request-errors.ts'

/** The parameter `ids`. */
export const IdList = z.string().min(1).max(5000)

export function idsIn(list: string, max: number): string[] {
  const ids = [...new Set(list.split(',').filter((id) => id !== ''))]
  if (ids.length > 0 && ids.length <= max) return ids
  throw new InvalidInputError([{ pointer: 'ids', detail: `must name 1 to ${max} experiments, and names ${ids.length}` }])
}
