import { Problem } from '@trainyard/contracts'
import type { z } from 'zod'
import { ProblemError, TimedOutError, UnexpectedAnswerError, UnreachableError } from './errors.ts'

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
  baseUrl: string
  send(request: HttpRequest): Promise<Response>
  json<Schema extends z.ZodType>(schema: Schema, request: HttpRequest): Promise<z.output<Schema>>
  text(request: HttpRequest): Promise<string>
  bytes(request: HttpRequest): Promise<Uint8Array<ArrayBuffer>>
}

interface HttpOptions {
  baseUrl: string
  apiKey?: string | undefined
  timeoutMs?: number
  fetch: Fetch
}

/** Requests to one service: whatever is not an answer we know leaves as a typed error. */
export function createHttp({ baseUrl, apiKey, timeoutMs = ANSWER_WITHIN_MS, fetch }: HttpOptions): Http {
  const authorization = apiKey === undefined ? undefined : `Bearer ${apiKey}`

  async function send(request: HttpRequest): Promise<Response> {
    return (await exchange(request)).response
  }

  /** `read` waits for a part of the answer; where that does not come, its error says why. */
  async function exchange(request: HttpRequest): Promise<{ response: Response; read: <T>(part: Promise<T>) => Promise<T> }> {
    const { path, query = {}, headers = {}, method = 'GET', body, bytes, alsoFine = [] } = request
    const given = Object.entries(query).filter(([, value]) => value !== undefined)
    const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
    const url = `${baseUrl.replace(/\/+$/, '')}${path}${given.length > 0 ? `?${search}` : ''}`
    // a caller's own signal rules; without one, an answer has its time
    const withinMs = timeoutMs + 1000 * (request.waitSeconds ?? 0)
    const signal = request.signal ?? AbortSignal.timeout(withinMs)
    const read = <T>(part: Promise<T>): Promise<T> =>
      part.catch((cause: unknown) => {
        if (!signal.aborted) throw new UnreachableError(baseUrl, { cause })
        throw request.signal ? signal.reason : new TimedOutError(baseUrl, { withinMs, cause })
      })
    const init: RequestInit = { method, signal }
    const type = body === undefined ? undefined : 'application/json'
    init.headers = withoutUndefined({ authorization, 'content-type': type, ...headers })
    if (body !== undefined) init.body = JSON.stringify(body)
    else if (bytes) init.body = bytes
    const response = await read(fetch(url, init))
    if (response.ok || alsoFine.includes(response.status)) return { response, read }
    const problem = Problem.safeParse(parseJson(await read(response.text())))
    throw problem.success ? new ProblemError(problem.data) : new UnexpectedAnswerError(response)
  }

  return {
    baseUrl,
    send,
    async json(schema, request) {
      const { response, read } = await exchange({ ...request, headers: { accept: 'application/json', ...request.headers } })
      const parsed = schema.safeParse(parseJson(await read(response.text())))
      if (!parsed.success) throw new UnexpectedAnswerError(response, { cause: parsed.error })
      return parsed.data
    },
    async text(request) {
      const { response, read } = await exchange(request)
      return read(response.text())
    },
    async bytes(request) {
      const { response, read } = await exchange(request)
      return new Uint8Array(await read(response.arrayBuffer()))
    },
  }
}

/** What is no JSON fits no schema. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function withoutUndefined(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
