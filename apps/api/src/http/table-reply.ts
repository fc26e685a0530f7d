import { PageToken } from '@trainyard/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { z } from 'zod'
import { type Columns, toCsv } from './csv.ts'
import { NotAcceptableError } from './request-errors.ts'

/** The query of every route that answers a table. */
export const TableQuery = z.strictObject({ format: z.enum(['json', 'csv']).optional().describe('overrides the Accept header') })

/** The same where it answers a page at a time. */
export const pageQuery = ({ defaultSize, maxSize }: { defaultSize: number; maxSize: number }) =>
  TableQuery.extend({
    pageSize: z.coerce.number<string>().int().min(1).max(maxSize).default(defaultSize),
    pageToken: PageToken.optional(),
  })

type TableRequest = FastifyRequest<{ Querystring: z.infer<typeof TableQuery> }>

interface FormatRequest<Format> {
  query: { format?: Format | undefined }
  headers: { accept?: string | undefined }
}

interface List<Row> {
  items: readonly Row[]
  nextPageToken?: string | null
}

/** Sends `{ items }` as JSON, or its items as CSV where the client asked for that; with a link to the next page, since a CSV has no place for its token. */
export function sendTable<Row>(
  { request, reply }: { request: TableRequest; reply: FastifyReply },
  { list, columns }: { list: List<Row>; columns: Columns<Row> },
): FastifyReply {
  reply.header('vary', 'accept')
  if (list.nextPageToken) reply.header('link', nextPageLink(request.url, list.nextPageToken))
  if (tableFormat(request) === 'json') return reply.type('application/json').send(list)
  return reply.type('text/csv; charset=utf-8').send(toCsv(list.items, columns))
}

function nextPageLink(url: string, pageToken: string): string {
  const [path = '', query] = url.split('?')
  const parameters = new URLSearchParams(query)
  parameters.set('pageToken', pageToken)
  return `<${path}?${parameters}>; rel="next"`
}

const TABLE_TYPES = new Map([
  ['application/json', 'json'],
  ['text/csv', 'csv'],
] as const)

export const tableFormat = (request: TableRequest): 'json' | 'csv' => preferredFormat(request, TABLE_TYPES)

/** What the query asks for, else what the Accept header likes best; the first one where it likes all. */
export function preferredFormat<Format extends string>(
  { query, headers: { accept = '*/*' } }: FormatRequest<Format>,
  types: ReadonlyMap<string, Format>,
): Format {
  if (query.format !== undefined) return query.format
  const best = new Negotiator({ headers: { accept } }).mediaType([...types.keys()])
  const format = best === undefined ? undefined : types.get(best)
  if (format === undefined) throw new NotAcceptableError({ accept, offered: [...types.keys()] })
  return format
}
