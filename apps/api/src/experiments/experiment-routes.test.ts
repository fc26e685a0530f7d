import { Experiment, ExperimentPage, Problem } from '@trainyard/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimNext, startTestApi, type TestApi } from '../test-service.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

const URL = '/api/v1/experiments'
const submit = async (body: object): Promise<Experiment> =>
  Experiment.parse((await api.app.inject({ method: 'POST', url: URL, payload: body })).json())
const get = (path: string, headers: Record<string, string> = {}) => api.app.inject({ url: path, headers })

describe('GET /experiments', () => {
  test('pages — newest first, each once, by token and by link', async () => {
    const made: string[] = []
    for (let i = 0; i < 5; i++) made.push((await submit({ tags: ['paged'], seed: i })).id)
    const found: string[] = []
    let url: string | undefined = `${URL}?tag=paged&pageSize=2`
    while (url) {
      const reply = await get(url)
      const { items, nextPageToken } = ExperimentPage.parse(reply.json())
      expect(items.length).toBeLessThanOrEqual(2)
      found.push(...items.map(({ id }) => id))
      url = /^<(.+)>; rel="next"$/.exec(String(reply.headers['link'] ?? ''))?.[1]
      expect(url === undefined).toBe(nextPageToken === null)
    }
    expect(found).toEqual(made.toReversed())
  })

  test('state — only those', async () => {
    const { id } = await submit({ tags: ['by-state'] })
    await submit({ tags: ['by-state'] })
    await api.store.cancel(id)
    const page = ExperimentPage.parse((await get(`${URL}?tag=by-state&state=canceled`)).json())
    expect(page.items.map((one) => one.id)).toEqual([id])
  })

  test.each(['pageSize=0', 'pageSize=201', 'pageSize=x', 'state=lost', 'pageToken=!', 'colour=red', 'format=xml'])(
    '?%s — 400',
    async (query) => {
      expect(Problem.parse((await get(`${URL}?${query}`)).json())).toMatchObject({ status: 400, code: 'INVALID_INPUT' })
    },
  )

  test('CSV — by Accept and by ?format, words that look like formulas made harmless, numbers as they are', async () => {
    await submit({ tags: ['csv'], name: '=HYPERLINK("http://x","y")', lr: 0.5 })
    const reply = await get(`${URL}?tag=csv`, { accept: 'text/csv' })
    const [header, line] = reply.body.split('\n')
    expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(header).toMatch(/^id,name,tags,state,/)
    expect(line).toContain(`,"'=HYPERLINK(""http://x"",""y"")",csv,queued,`)
    expect(line).toContain(',0.5,0.9,')
    expect((await get(`${URL}?tag=csv&format=csv`)).body).toBe(reply.body)
  })

  test.each([
    ['text/csv;q=0.1, application/json', 'application/json'],
    ['*/*', 'application/json'],
    ['text/*', 'text/csv'],
    ['image/png', 'application/problem+json'],
  ])('Accept %s — %s', async (accept, type) => {
    expect((await get(URL, { accept })).headers['content-type']).toContain(type)
  })
})

describe('GET /experiments/{id}', () => {
  test('by id, by a prefix that fits only one, by latest', async () => {
    const { id } = await submit({})
    for (const name of [id, id.slice(0, -1), 'latest']) expect((await get(`${URL}/${name}`)).json().id).toBe(id)
  })

  test('a prefix that fits several — 409; none — 404', async () => {
    const [{ id }] = [await submit({}), await submit({})]
    expect((await get(`${URL}/${id.slice(0, 4)}`)).json()).toMatchObject({ status: 409, code: 'AMBIGUOUS_ID' })
    expect((await get(`${URL}/zzzzzzzzzzzzzzzz`)).json()).toMatchObject({ status: 404, code: 'EXPERIMENT_NOT_FOUND' })
    expect((await get(`${URL}/%00`)).json()).toMatchObject({ status: 404, code: 'EXPERIMENT_NOT_FOUND' })
  })
})

describe('POST /experiments/{id}/cancel', () => {
  test('a queued one — 202 and canceled; again — 409', async () => {
    const { id } = await submit({})
    const reply = await api.app.inject({ method: 'POST', url: `${URL}/${id}/cancel` })
    expect(reply.statusCode).toBe(202)
    expect(reply.json()).toMatchObject({ id, state: 'canceled', reason: 'canceled_by_user' })
    const again = await api.app.inject({ method: 'POST', url: `${URL}/${id}/cancel` })
    expect(again.json()).toMatchObject({ status: 409, code: 'WRONG_STATE' })
  })

  test('a running one — canceling, then canceled once its worker has stopped', async () => {
    const { id } = await submit({ pool: 'cancel' })
    const { attempt, leave } = await claimNext(api, 'cancel')
    expect((await api.app.inject({ method: 'POST', url: `${URL}/${id}/cancel` })).json()).toMatchObject({ state: 'canceling' })
    await attempt.canceled()
    expect((await get(`${URL}/${id}`)).json()).toMatchObject({ state: 'canceled' })
    await leave()
  })
})
