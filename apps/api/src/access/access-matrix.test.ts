import { type KeyScope, SweepRequest } from '@trainyard/contracts'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { startTestApi, type TestApi, testWorker } from '../test-service.ts'

/** What each route asks of a key; `own`: submit, and of what belongs to its owner. A route that is not here fails the test. */
const RULES: Record<string, 'open' | 'own' | KeyScope> = {
  'get /livez': 'open',
  'get /readyz': 'open',
  'get /metrics': 'read',
  'get /api/v1/audit': 'admin',
  'get /api/v1/compare': 'read',
  'get /api/v1/sparklines': 'read',
  'get /api/v1/datasets': 'read',
  'get /api/v1/datasets/{name}': 'read',
  'get /api/v1/datasets/{name}/samples': 'read',
  'get /api/v1/experiments': 'read',
  'post /api/v1/experiments': 'submit',
  'get /api/v1/experiments/{id}': 'read',
  'patch /api/v1/experiments/{id}': 'own',
  'delete /api/v1/experiments/{id}': 'own',
  'get /api/v1/experiments/{id}/batches': 'read',
  'get /api/v1/experiments/{id}/epochs': 'read',
  'get /api/v1/experiments/{id}/events': 'read',
  'get /api/v1/experiments/{id}/layers': 'read',
  'get /api/v1/experiments/{id}/logs': 'read',
  'get /api/v1/experiments/{id}/models/{kind}/{file}': 'read',
  'get /api/v1/experiments/{id}/pytorch': 'read',
  'post /api/v1/experiments/{id}/cancel': 'own',
  'post /api/v1/experiments/{id}/pause': 'own',
  'post /api/v1/experiments/{id}/resume': 'own',
  'post /api/v1/experiments/{id}/fork': 'submit',
  'post /api/v1/experiments/{id}/replay': 'submit',
  'post /api/v1/experiments/{id}/retry': 'submit',
  'post /api/v1/experiments/{id}/predict': 'submit',
  'post /api/v1/probes': 'submit',
  'get /api/v1/probes/{id}': 'read',
  'get /api/v1/sweeps': 'read',
  'post /api/v1/sweeps': 'submit',
  'get /api/v1/sweeps/{id}': 'read',
  'get /api/v1/sweeps/{id}/norm-lab': 'read',
  'post /api/v1/sweeps/{id}/cancel': 'own',
  'post /api/v1/weights': 'submit',
  'get /api/v1/workers': 'read',
  'get /api/v1/workers/{id}': 'read',
  'post /api/v1/workers/{id}/drain': 'admin',
  'post /api/v1/artifacts/gc': 'admin',
  'get /api/v1/keys': 'admin',
  'post /api/v1/keys': 'admin',
  'delete /api/v1/keys/{id}': 'admin',
}

const CALLERS = ['no key', 'unknown', 'revoked', 'read', 'other', 'submit', 'admin', 'operator'] as const
type CallerName = (typeof CALLERS)[number]
const OPERATOR_KEY = 'operator-operator-operator-operator'
const RANK: Record<string, number> = { read: 0, other: 1, submit: 2, admin: 3, operator: 3 }

let api: TestApi
let routes: string[]
const secrets: Partial<Record<CallerName, string>> = { unknown: `ty_${'x'.repeat(43)}`, operator: OPERATOR_KEY }
beforeAll(async () => {
  api = await startTestApi({ adminKey: OPERATOR_KEY })
  const document = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse((await api.app.inject('/openapi.json')).json())
  routes = Object.entries(document.paths).flatMap(([route, methods]) => Object.keys(methods).map((method) => `${method} ${route}`))
  const make = async (name: CallerName, scope: KeyScope, owner = 'ann') => {
    const key = await api.keys.create({ name, scope, owner, requestsPerMinute: 100_000 })
    secrets[name] = key.secret
    return key
  }
  await make('read', 'read')
  await make('submit', 'submit')
  await make('other', 'submit', 'ben')
  await make('admin', 'admin', 'head')
  await api.keys.revoke((await make('revoked', 'admin')).id)
})
afterAll(() => api.stop())

/** What is wanted of each pair: 401, 403, or whatever the route itself says. */
function expected(route: string, caller: CallerName): number | 'answered' {
  const rule = RULES[route] ?? 'open'
  if (rule === 'open') return 'answered'
  const rank = RANK[caller]
  if (rank === undefined) return 401
  const least = { read: 0, submit: 1, own: 2, admin: 3 }[rule]
  return rank >= least ? 'answered' : 403
}

/** Where an empty one would do more than is wanted here. */
const BODIES: Record<string, object> = { 'post /api/v1/probes': { draws: 0 }, 'post /api/v1/artifacts/gc': { dryRun: true } }
let calls = 0

async function call(route: string, caller: CallerName): Promise<{ status: number; code: unknown }> {
  // each is tried on an experiment of ann's that has not ended: no caller can delete it, so its owner gets 409
  const { experiment } = await api.store.create({ ...newExperiment({ pool: 'no-workers' }), owner: 'ann' })
  const request = SweepRequest.parse({ space: { lr: { values: [1] } } })
  const trials = [{ fields: {}, experiment: newExperiment({ pool: 'no-workers' }) }]
  const { sweep } = route.includes('/sweeps/{id}')
    ? await api.sweeps.create({ request, objective: 'loss', owner: 'ann', trials })
    : { sweep: null }
  await api.workers.heartbeat(testWorker({ id: 'worker-1' }))
  const [method = '', path = ''] = route.split(' ')
  const url = path
    .replace('/experiments/{id}', `/experiments/${experiment.id}`)
    .replace('/sweeps/{id}', `/sweeps/${sweep?.id}`)
    .replace('{id}', 'worker-1')
    .replace('{name}', 'flowers102')
    .replace('/samples', '/samples?columns=0') // no trainer draws here
    .replace('{kind}/{file}', 'best/model.json')
  const secret = secrets[caller]
  const headers = secret === undefined ? {} : { authorization: `Bearer ${secret}` }
  if (path.endsWith('/events')) await api.store.cancel(experiment.id)
  const reply = await api.app.inject({
    method: z.enum(['get', 'post', 'patch', 'delete']).parse(method),
    url,
    headers,
    remoteAddress: `10.0.${calls >> 8}.${calls++ & 255}`, // an address that guesses too often is refused for that
    ...(method !== 'get' && { payload: route in BODIES ? BODIES[route] : {} }),
  })
  const code = reply.headers['content-type']?.toString().includes('problem')
    ? z.object({ code: z.string() }).parse(reply.json()).code
    : null
  return { status: reply.statusCode, code }
}

describe('who may do what', () => {
  test('every route of the document has a rule, and every rule a route', () => {
    expect(routes.toSorted()).toEqual(Object.keys(RULES).toSorted())
  })

  const pairs = Object.keys(RULES).flatMap((route) => CALLERS.map((caller) => ({ route, caller, wanted: expected(route, caller) })))
  test.each(pairs)('$route — $caller: $wanted', async ({ route, caller, wanted }) => {
    const { status, code } = await call(route, caller)
    if (wanted === 401) expect({ status, code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' })
    else if (wanted === 403) expect({ status, code }).toEqual({ status: 403, code: 'FORBIDDEN' })
    else expect([401, 403]).not.toContain(status)
  })
})
