import { z } from 'zod'
import { InvalidPageTokenError } from '../errors.ts'

/** Where a page ended: an id, before which the sortable digits of a result may stand. */
const Member = z.string().regex(/^([0-9a-f]{16})?[0-9a-z]{16,32}$/)

/** The place in a list after which the next page begins; opaque to clients. */
export const tokenOf = (member: string): string => Buffer.from(member).toString('base64url')

/** Throws InvalidPageTokenError for what no list has answered. */
export function memberOf(token: string): string {
  const member = Member.safeParse(Buffer.from(token, 'base64url').toString())
  if (!member.success) throw new InvalidPageTokenError()
  return member.data
}
