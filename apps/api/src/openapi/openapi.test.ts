import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-service.ts'

const Operation = z.object({
  operationId: z.string(),
  summary: z.string(),
  responses: z.record(z.string(), z.object({ description: z.string() })),
})
const Schema = z.looseObject({ properties: z.record(z.string(), z.looseObject({ description: z.string().optional() })).optional() })
const Document = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), Schema) }),
})

let api: TestApi
let document: z.infer<typeof Document>
let text: string
beforeAll(async () => {
  api = await startTestApi()
  text = (await api.app.inject('/openapi.json')).body
  document = Document.parse(JSON.parse(text))
})
afterAll(() => api.stop())

describe('OpenAPI', () => {
  test('the document is valid OpenAPI 3.1', async () => {
    const validator = new Validator()
    expect(await validator.validate(JSON.parse(text))).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  test('every route is there, and declares what it answers when all is well and when it is not', () => {
    const routes = Object.entries(document.paths).flatMap(([route, methods]) => Object.keys(methods).map((method) => `${method} ${route}`))
    expect(routes.toSorted()).toEqual([
      'delete /api/v1/experiments/{id}',
      'delete /api/v1/keys/{id}',
      'get /api/v1/audit',
      'get /api/v1/compare',
      'get /api/v1/datasets',
      'get /api/v1/datasets/{name}',
      'get /api/v1/datasets/{name}/samples',
      'get /api/v1/experiments',
      'get /api/v1/experiments/{id}',
      'get /api/v1/experiments/{id}/batches',
      'get /api/v1/experiments/{id}/epochs',
      'get /api/v1/experiments/{id}/events',
      'get /api/v1/experiments/{id}/layers',
      'get /api/v1/experiments/{id}/logs',
      'get /api/v1/experiments/{id}/models/{kind}/{file}',
      'get /api/v1/experiments/{id}/pytorch',
      'get /api/v1/keys',
      'get /api/v1/probes/{id}',
      'get /api/v1/sparklines',
      'get /api/v1/sweeps',
      'get /api/v1/sweeps/{id}',
      'get /api/v1/sweeps/{id}/norm-lab',
      'get /api/v1/workers',
      'get /api/v1/workers/{id}',
      'get /livez',
      'get /metrics',
      'get /readyz',
      'patch /api/v1/experiments/{id}',
      'post /api/v1/artifacts/gc',
      'post /api/v1/experiments',
      'post /api/v1/experiments/{id}/cancel',
      'post /api/v1/experiments/{id}/fork',
      'post /api/v1/experiments/{id}/pause',
      'post /api/v1/experiments/{id}/predict',
      'post /api/v1/experiments/{id}/replay',
      'post /api/v1/experiments/{id}/resume',
      'post /api/v1/experiments/{id}/retry',
      'post /api/v1/keys',
      'post /api/v1/probes',
      'post /api/v1/sweeps',
      'post /api/v1/sweeps/{id}/cancel',
      'post /api/v1/weights',
      'post /api/v1/workers/{id}/drain',
    ])
    for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
      const statuses = Object.keys(operation.responses)
      expect(statuses.some((status) => status.startsWith('2'))).toBe(true)
      expect(statuses).toEqual(expect.arrayContaining(['403', '500']))
    }
  })

  test('generated clients have good names: every operation has its own, every schema is used, and none is there twice', () => {
    const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId))
    expect(new Set(ids).size).toBe(ids.length)
    const names = Object.keys(document.components.schemas)
    expect(names).toEqual(expect.arrayContaining(['Experiment', 'ExperimentRequest', 'SweepRequest', 'SweepRequestResolved']))
    expect(names.filter((name) => name.endsWith('Input'))).toEqual([])
    const referred = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].flatMap(([, name]) => name ?? []))
    expect([...referred].toSorted()).toEqual(names.toSorted())
    const shapes = Object.values(document.components.schemas).map((schema) => JSON.stringify(schema))
    expect(new Set(shapes).size).toBe(shapes.length)
  })

  test('docs/api.md names every route; every field of a request says what it is', () => {
    const page = readFileSync(path.join(import.meta.dirname, '../../../../docs/api.md'), 'utf8')
    const named = (route: string): boolean => {
      const address = route.replace('/api/v1', '').replaceAll(/\{\w+\}/g, String.raw`[\w.{}$-]+`)
      return new RegExp(String.raw`${address}(?![\w/])`).test(page)
    }
    expect(Object.keys(document.paths).filter((route) => !named(route))).toEqual([])
    const requests = Object.entries(document.components.schemas).filter(([name]) => name.endsWith('Request'))
    expect(requests.map(([name]) => name)).toEqual(expect.arrayContaining(['ExperimentRequest', 'ProbeRequest', 'SweepRequest']))
    const fields = requests.flatMap(([name, { properties = {} }]) =>
      Object.entries(properties).map(([field, { description }]) => ({ field: `${name}.${field}`, description })),
    )
    expect(fields.filter(({ description }) => !description).map(({ field }) => field)).toEqual([])
  })

  test('the page for people is there', async () => {
    const page = await api.app.inject('/docs/')
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-type']).toContain('text/html')
  })
})
