import { z } from 'zod'
import { InvalidInputError } from '../http/request-errors.ts'

/** The parameter `ids`. */
export const IdList = z.string().min(1).max(5000)

export const splitIds = (list: string): string[] => list.split(',').filter((id) => id !== '')

export function checkCount(ids: readonly string[], max: number): void {
  if (ids.length > 0 && ids.length <= max) return
  throw new InvalidInputError([{ pointer: 'ids', detail: `must name 1 to ${max} experiments, and names ${ids.length}` }])
}
