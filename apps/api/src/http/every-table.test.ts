import { connectRedis, createRequestConsumer, PROBES, SAMPLES } from '@trainyard/jobs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { poll } from '@trainyard/testing/inputs/poll'
import { testEpoch } from '@trainyard/testing/experiments/test-epoch'
import { testLayers } from '@trainyard/testing/experiments/test-layers'
import { claimNext, startTestApi, type TestApi, testWorker } from '../test-service.ts'

/** Answers with lists that are no tables, and why. */
const NO_TABLE: Record<string, string> = {
  '/api/v1/experiments/{id}': 'one record; its attempts and transitions belong to it',
  '/api/v1/datasets/{name}': 'one record; who holds it belongs to it',
  '/api/v1/workers/{id}': 'one record; its slots belong to it',
  '/api/v1/sparklines': 'to draw beside a list; /compare has the epochs as a table',
  '/readyz': 'yes or no, for a load balancer; its checks give the reason',
}
/** What a table's rows are called. */
const ROWS = ['items', 'results'] as const
const DATASET = 'synthetic-flowers'
const OPERATOR_KEY = 'operator-operator-operator-operator'
const headers = { authorization: `Bearer ${OPERATOR_KEY}` }

interface Schema {
  $ref?: string | undefined
  type?: unknown
  properties?: Record<string, Schema> | undefined
}
const Schema: z.ZodType<Schema> = z.looseObject({
  $ref: z.string().optional(),
  type: z.unknown().optional(),
  properties: z
    .record(
      z.string(),
      z.lazy(() => Schema),
    )
    .optional(),
})
const Response = z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: Schema })).optional() })
const Document = z.looseObject({
  paths: z.record(z.string(), z.looseObject({ get: z.looseObject({ responses: z.record(z.string(), Response) }).optional() })),
  components: z.looseObject({ schemas: z.record(z.string(), Schema) }),
})

let api: TestApi
/** Every GET route that answers lists: their names, and what it may answer with. */
let routes: { route: string; lists: string[]; types: string[] }[]
let ids: Record<'experiments' | 'sweeps' | 'probes', string>
let leave = async (): Promise<void> => {}

beforeAll(async () => {
  api = await startTestApi({ adminKey: OPERATOR_KEY })
  routes = listRoutes(Document.parse((await api.app.inject('/openapi.json')).json()))
  const sweep = {
    base: { dataset: 'synthetic-flowers', imageSize: 8 },
    strategy: 'grid',
    space: { norm: { values: ['none', 'batch'] } },
    pool: 'no-workers',
  }
  ids = { experiments: await runExperiment(), sweeps: await post('/api/v1/sweeps', sweep), probes: await answerProbe() }
  await api.workers.heartbeat(testWorker())
  await drawSamples()
  await api.keys.create({ name: 'ann', scope: 'read', requestsPerMinute: 600 })
})
afterAll(async () => {
  await leave()
  await api.stop()
})

describe('a table is there as CSV, too', () => {
  test('what answers a list has rows, or a reason to be no table', () => {
    const found = routes.filter(({ lists }) => !ROWS.some((name) => lists.includes(name))).map(({ route }) => route)
    expect(found.toSorted()).toEqual(Object.keys(NO_TABLE).toSorted())
  })

  test('by ?format=csv and by Accept: a header, and as many lines as the JSON has rows', async () => {
    const tables = routes.filter(({ route }) => !(route in NO_TABLE))
    expect(tables.length).toBeGreaterThan(10)
    for (const { route, types } of tables) {
      const url = callable(route)
      const answer = Rows.parse((await get(url, { accept: 'application/json' })).json())
      const rows = (answer.items ?? answer.results ?? []).length
      expect(rows, `${route} has nothing to show here`).toBeGreaterThan(0)
      expect(types, route).toContain('text/csv')
      const asked = await get(url.includes('?') ? `${url}&format=csv` : `${url}?format=csv`)
      const accepted = await get(url, { accept: 'text/csv' })
      for (const { statusCode, headers: sent, body } of [asked, accepted]) {
        expect({ route, statusCode, type: sent['content-type'] }).toEqual({ route, statusCode: 200, type: 'text/csv; charset=utf-8' })
        const [header, ...lines] = body.trimEnd().split('\n')
        expect(header, route).toMatch(/^\w+(,\w+)+$/)
        expect(lines, route).toHaveLength(rows)
      }
    }
  })
})

const Rows = z.looseObject({ items: z.array(z.unknown()).optional(), results: z.array(z.unknown()).optional() })

const get = (url: string, more: Record<string, string> = {}) => api.app.inject({ url, headers: { ...headers, ...more } })

function listRoutes({ paths, components }: z.infer<typeof Document>): typeof routes {
  const resolved = (schema: Schema): Schema => components.schemas[schema.$ref?.split('/').at(-1) ?? ''] ?? schema
  return Object.entries(paths).flatMap(([route, { get: operation }]) => {
    const content = operation?.responses['200']?.content ?? {}
    const properties = Object.entries(resolved(content['application/json']?.schema ?? {}).properties ?? {})
    const lists = properties.filter(([, property]) => resolved(property).type === 'array').map(([name]) => name)
    return lists.length > 0 ? [{ route, lists, types: Object.keys(content) }] : []
  })
}

/** The route with the names of what is there. */
function callable(route: string): string {
  const named = Object.entries(ids)
    .reduce((url, [what, id]) => url.replace(`/${what}/{id}`, `/${what}/${id}`), route)
    .replace('{name}', DATASET)
  return named === '/api/v1/compare' ? `${named}?ids=${ids.experiments}` : named
}

/** One with something to show in each of its tables. */
async function runExperiment(): Promise<string> {
  await post('/api/v1/experiments', { pool: 'tables' })
  const claimed = await claimNext(api, 'tables')
  leave = claimed.leave
  const { attempt } = claimed
  await attempt.batches({ epoch: 1, firstStep: 1, losses: Float32Array.of(4.625, 4.5) })
  for (const epoch of [1, 2]) await attempt.epoch(testEpoch(epoch))
  await attempt.layers(testLayers(1))
  await attempt.log({ level: 'warn', message: 'a line', number: 1 })
  return claimed.id
}

const Made = z.looseObject({ id: z.string() })
const post = async (url: string, payload: object): Promise<string> =>
  Made.parse((await api.app.inject({ method: 'POST', url, headers, payload })).json()).id

/** Takes the next request from a queue as a worker does, and answers it. */
async function answerNext(kind: Parameters<typeof createRequestConsumer>[0], answer: unknown): Promise<void> {
  const redis = connectRedis(api.server.url, { name: 'test-worker', whenDown: 'wait' })
  const consumer = createRequestConsumer(kind, { redis, onError: () => {} })
  const asked = await poll(async () => (await consumer.next()) ?? Promise.reject(new Error('nothing waits')), { timeoutMs: 20_000 })
  await asked.answer(answer)
  await consumer.close()
  redis.disconnect()
}

async function answerProbe(): Promise<string> {
  const id = await post('/api/v1/probes', { depths: [0, 9], norms: ['none'] })
  const outputNorm = { mean: 2.5, std: null, values: [2.5] }
  await answerNext(
    PROBES,
    [0, 9].map((depth) => ({ norm: 'none', bias: true, depth, outputNorm, layers: [] })),
  )
  return id
}

/** Later requests for the same grid get the same reply. */
async function drawSamples(): Promise<void> {
  const asked = get(`/api/v1/datasets/${DATASET}/samples`)
  await answerNext(SAMPLES, { png: '', items: [{ row: 0, column: 0, index: 3, label: 1, name: 'rose' }] })
  await asked
}
