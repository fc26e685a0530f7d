import { Problem } from '@trainyard/contracts'
import type { z } from 'zod'
import { ProblemError, readRetryAfter, TimedOutError, UnexpectedAnswerError, UnreachableError } from './errors.ts'
import { isTransient, MAX_ATTEMPTS, pause, retryDelayMs } from './retry.ts'

const ANSWER_TIMEOUT_MS = 30_000

type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** What every call takes. */
export interface CallOptions {
  /** Ends the call, also between two tries: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

export interface KeyOptions extends CallOptions {
  /** A repeat with the same key and body within 24 h answers what the first call made: the client itself then repeats a call whose connection broke. */
  idempotencyKey?: string | undefined
}

export interface PageOptions extends CallOptions {
  pageSize?: number | undefined
  pageToken?: string | undefined
}

interface HttpRequest extends CallOptions {
  path: string
  query?: Record<string, string | number | boolean | undefined>
  /** @default 'GET' */
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  headers?: Record<string, string | undefined>
  body?: unknown
  /** A body that is no JSON; its type stands in the headers. */
  bytes?: Uint8Array<ArrayBuffer> | Blob
  /** Statuses besides 2xx whose body the caller reads. */
  alsoFine?: readonly number[]
  /**
   * A second one changes nothing more, so it may be sent again.
   * @default true for GET, DELETE and what has an idempotency key
   */
  idempotent?: boolean
  /** Beyond the usual time, for what the service was asked to wait; its answer to that stands. */
  waitSeconds?: number | undefined
  /** Bodies of any size, and streams: no time-out. */
  endless?: boolean
}

export interface Http {
  baseUrl: string
  /** One try; the reader of the stream reconnects. */
  open(request: HttpRequest): Promise<Response>
  /** The answer as soon as its head is there. */
  send(request: HttpRequest): Promise<Response>
  json<Schema extends z.ZodType>(schema: Schema, request: HttpRequest): Promise<z.output<Schema>>
  text(request: HttpRequest): Promise<string>
  bytes(request: HttpRequest): Promise<Uint8Array<ArrayBuffer>>
}

export interface HttpOptions {
  baseUrl: string
  /** Sent as `Authorization: Bearer`, where the service needs one. */
  apiKey?: string | undefined
  /**
   * How long an answer may take, all tries together; streams and model files have no end.
   * @default 30000
   */
  timeoutMs?: number | undefined
  /** @default globalThis.fetch */
  fetch?: Fetch | undefined
}

/** Requests to one service: whatever is not an answer we know leaves as a typed error. */
export function createHttp({
  baseUrl,
  apiKey,
  timeoutMs = ANSWER_TIMEOUT_MS,
  fetch = globalThis.fetch.bind(globalThis),
}: HttpOptions): Http {
  const authorization = apiKey === undefined ? undefined : `Bearer ${apiKey}`
  const answered = <T>(part: Promise<T>): Promise<T> =>
    part.catch((cause: unknown) => {
      throw new UnreachableError(baseUrl, { cause })
    })

  /** `read` takes of the answer what the caller needs: that can break as well. */
  async function attempt<T>(request: HttpRequest, read: (response: Response) => Promise<T>) {
    const { path, query = {}, headers = {}, method = 'GET', body, bytes, alsoFine = [], signal } = request
    const search = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    )
    const type = body === undefined ? undefined : 'application/json'
    const init: RequestInit = { method, headers: withoutUndefined({ authorization, 'content-type': type, ...headers }) }
    if (signal) init.signal = signal
    if (body !== undefined) init.body = JSON.stringify(body)
    else if (bytes) init.body = bytes
    const response = await answered(fetch(`${baseUrl.replace(/\/+$/, '')}${path}${search.size > 0 ? `?${search}` : ''}`, init))
    if (response.ok || alsoFine.includes(response.status)) return { response, content: await answered(read(response)) }
    const problem = Problem.safeParse(parseJson(await answered(response.text())))
    throw problem.success
      ? new ProblemError(problem.data, { retryAfterSeconds: readRetryAfter(response.headers) })
      : new UnexpectedAnswerError(response)
  }

  /** Tries again where that changes nothing and there is time left. */
  async function exchange<T>(request: HttpRequest, read: (response: Response) => Promise<T>) {
    const withinMs = request.endless ? Infinity : timeoutMs + 1000 * (request.waitSeconds ?? 0)
    const timeout = request.endless ? undefined : AbortSignal.timeout(withinMs)
    const signal = AbortSignal.any([request.signal, timeout].flatMap((each) => each ?? []))
    const begunAt = performance.now()
    for (let failures = 0; ; failures++) {
      try {
        return await attempt({ ...request, signal }, read)
      } catch (error) {
        request.signal?.throwIfAborted()
        if (timeout?.aborted) throw new TimedOutError(baseUrl, { withinMs, cause: error })
        const delayMs = retryDelayMs(error, failures)
        const isLate = performance.now() - begunAt + delayMs >= withinMs
        if (failures + 1 >= MAX_ATTEMPTS || isLate || !isTransient(error) || !mayRepeat(request, error)) throw error
        await pause(delayMs, signal)
      }
    }
  }

  return {
    baseUrl,
    open: async (request) => (await attempt(request, async () => {})).response,
    send: async (request) => (await exchange(request, async () => {})).response,
    text: async (request) => (await exchange(request, (response) => response.text())).content,
    bytes: async (request) => new Uint8Array((await exchange(request, (response) => response.arrayBuffer())).content),
    async json(schema, request) {
      const { response, content } = await exchange({ ...request, headers: { accept: 'application/json', ...request.headers } }, (whole) =>
        whole.text(),
      )
      const parsed = schema.safeParse(parseJson(content))
      if (!parsed.success) throw new UnexpectedAnswerError(response, { cause: parsed.error })
      return parsed.data
    },
  }
}

function mayRepeat({ method = 'GET', headers = {}, idempotent, waitSeconds }: HttpRequest, error: unknown): boolean {
  if (waitSeconds !== undefined && error instanceof ProblemError) return false
  return idempotent ?? (method === 'GET' || method === 'DELETE' || headers['idempotency-key'] !== undefined)
}

/** Of the options of a call, those that go into its address. */
export const queryOf = <Options extends CallOptions>({ signal, ...query }: Options) => ({ query, signal })

export const keyed = ({ idempotencyKey, signal }: KeyOptions = {}) => ({ headers: { 'idempotency-key': idempotencyKey }, signal })

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
