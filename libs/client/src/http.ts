import { Problem } from '@trainyard/contracts'
import type { z } from 'zod'
import { ProblemError, UnexpectedAnswerError, UnreachableError } from './errors.ts'

const ANSWER_WITHIN_MS = 30_000

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

interface HttpRequest {
  path: string
  query?: Record<string, string | number | boolean | undefined>
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  headers?: Record<string, string | undefined>
  body?: unknown
  /** A body that is no JSON; its type stands in the headers. */
  bytes?: Uint8Array<ArrayBuffer> | Blob
  /** Statuses besides 2xx whose body the caller reads. */
  alsoFine?: readonly number[]
  signal?: AbortSignal | undefined
  /** Beyond the usual time, for what the service was asked to wait. */
  waitSeconds?: number | undefined
}

export interface Http {
  send(request: HttpRequest): Promise<Response>
  json<Schema extends z.ZodType>(schema: Schema, request: HttpRequest): Promise<z.output<Schema>>
  text(request: HttpRequest): Promise<string>
}

/** Requests to one service: whatever is not an answer we know leaves as a typed error. */
interface HttpOptions {
  baseUrl: string
  apiKey?: string | undefined
  timeoutMs?: number
  fetch: Fetch
}

export function createHttp({ baseUrl, apiKey, timeoutMs = ANSWER_WITHIN_MS, fetch }: HttpOptions): Http {
  const authorization = apiKey === undefined ? undefined : `Bearer ${apiKey}`

  async function send(request: HttpRequest): Promise<Response> {
    const { path, query = {}, headers = {}, method = 'GET', body, bytes, alsoFine = [] } = request
    const given = Object.entries(query).filter(([, value]) => value !== undefined)
    const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
    const url = `${baseUrl.replace(/\/+$/, '')}${path}${given.length > 0 ? `?${search}` : ''}`
    const init: RequestInit = { method, signal: signalOf(request, timeoutMs) }
    const type = body === undefined ? undefined : 'application/json'
    init.headers = withoutUndefined({ authorization, 'content-type': type, ...headers })
    if (body !== undefined) init.body = JSON.stringify(body)
    else if (bytes) init.body = bytes
    const response = await fetch(url, init).catch((error: unknown) => {
      throw new UnreachableError(baseUrl, { cause: error })
    })
    if (response.ok || alsoFine.includes(response.status)) return response
    throw await refusalOf(response)
  }

  return {
    send,
    async json(schema, request) {
      const response = await send({ ...request, headers: { accept: 'application/json', ...request.headers } })
      return parseAnswer(schema, response)
    },
    text: async (request) => (await send(request)).text(),
  }
}

/** A caller's own signal rules; without one, an answer has its time. */
const signalOf = ({ signal, waitSeconds = 0 }: HttpRequest, timeoutMs: number): AbortSignal =>
  signal ?? AbortSignal.timeout(timeoutMs + 1000 * waitSeconds)

async function refusalOf(response: Response): Promise<Error> {
  const problem = Problem.safeParse(await response.json().catch(() => null))
  return problem.success ? new ProblemError(problem.data) : new UnexpectedAnswerError(response)
}

async function parseAnswer<Schema extends z.ZodType>(schema: Schema, response: Response): Promise<z.output<Schema>> {
  const answer: unknown = await response.json().catch(() => undefined)
  const parsed = schema.safeParse(answer)
  if (!parsed.success) throw new UnexpectedAnswerError(response, { cause: parsed.error })
  return parsed.data
}

function withoutUndefined(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
