import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { z } from 'zod'
import { type Columns, toCsv } from './csv.ts'
import { NotAcceptableError } from './request-errors.ts'

/** The query of every route that answers a table. */
export const TableQuery = z.strictObject({ format: z.enum(['json', 'csv']).optional().describe('wins over the Accept header') })

type TableRequest = FastifyRequest<{ Querystring: z.infer<typeof TableQuery> }>

/** Sends `{ items }` as JSON, or its items as CSV where the client asked for that. */
export function sendTable<Row>(
  { request, reply }: { request: TableRequest; reply: FastifyReply },
  { list, columns }: { list: { items: readonly Row[] }; columns: Columns<Row> },
): FastifyReply {
  reply.header('vary', 'accept')
  if (wantedFormat(request) === 'json') return reply.type('application/json').send(list)
  return reply.type('text/csv; charset=utf-8').send(toCsv(list.items, columns))
}

export function wantedFormat({ query, headers }: TableRequest): 'json' | 'csv' {
  return query.format ?? acceptedFormat(headers.accept)
}

function acceptedFormat(accept: string | undefined): 'json' | 'csv' {
  if (accept === undefined) return 'json'
  const type = new Negotiator({ headers: { accept } }).mediaType(['application/json', 'text/csv'])
  if (type === undefined) throw new NotAcceptableError(accept)
  return type === 'text/csv' ? 'csv' : 'json'
}
