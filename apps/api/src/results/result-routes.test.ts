import { BatchList, EpochList, LayerList, LogList } from '@trainyard/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testEpoch } from '@trainyard/testing/experiments/test-epoch'
import { testLayers } from '@trainyard/testing/experiments/test-layers'
import { claimNext, startTestApi, type TestApi } from '../test-service.ts'

let api: TestApi
let url: string
let leave: () => Promise<void>

beforeAll(async () => {
  api = await startTestApi()
  await api.app.inject({ method: 'POST', url: '/api/v1/experiments', payload: { pool: 'results', batchSize: 510, epochs: 3 } })
  const claimed = await claimNext(api, 'results')
  leave = claimed.leave
  url = `/api/v1/experiments/${claimed.id}`
  const { attempt } = claimed
  await attempt.batches({ epoch: 1, firstStep: 1, losses: Float32Array.of(4.625, 4.5) })
  await attempt.epoch(testEpoch(1, { loss: 4.5625 }))
  await attempt.layers(testLayers(1))
  await attempt.batches({ epoch: 2, firstStep: 1, losses: Float32Array.of(Number.NaN, -Infinity) })
  await attempt.epoch(testEpoch(2, { loss: 'NaN', evalLoss: '-Infinity' }))
  await attempt.log({ level: 'warn', message: '-1 is a strange loss', number: 1 })
})
afterAll(async () => {
  await leave()
  await api.stop()
})

const get = async (path: string) => (await api.app.inject(`${url}${path}`)).json()
const csv = async (path: string) => (await api.app.inject(`${url}${path}`)).body.trimEnd().split('\n')

describe('results', () => {
  test('epochs — in order, those after one, and as CSV', async () => {
    const { items } = EpochList.parse(await get('/epochs'))
    expect(items.map(({ epoch, loss, attempt }) => ({ epoch, loss, attempt }))).toEqual([
      { epoch: 1, loss: 4.5625, attempt: 1 },
      { epoch: 2, loss: 'NaN', attempt: 1 },
    ])
    expect(EpochList.parse(await get('/epochs?after=1')).items.map(({ epoch }) => epoch)).toEqual([2])
    const [header, first, second] = await csv('/epochs?format=csv')
    expect(header).toBe('epoch,loss,accuracy,seconds,evalSplit,evalLoss,evalAccuracy,evalTop5Accuracy,weightsHash,at,attempt')
    expect(first).toBe(`1,4.5625,0.01,0.5,val,4.7,0.02,0.1,0123456789abcdef,${items[0]?.at},1`)
    expect(second).toContain('2,NaN,0.01,0.5,val,-Infinity,')
  })

  test('batches — of all epochs, of one, and as CSV', async () => {
    expect(BatchList.parse(await get('/batches')).items).toEqual([
      { epoch: 1, step: 1, loss: 4.625 },
      { epoch: 1, step: 2, loss: 4.5 },
      { epoch: 2, step: 1, loss: 'NaN' },
      { epoch: 2, step: 2, loss: '-Infinity' },
    ])
    expect(await csv('/batches?epoch=2&format=csv')).toEqual(['epoch,step,loss', '2,1,NaN', '2,2,-Infinity'])
  })

  test('layers — of all epochs, of one, and as CSV', async () => {
    const { items } = LayerList.parse(await get('/layers'))
    expect(items).toEqual(testLayers(1).layers.map((layer) => ({ epoch: 1, ...layer })))
    expect(LayerList.parse(await get('/layers?epoch=2')).items).toEqual([])
    const [header, first, last] = await csv('/layers?format=csv')
    expect(header).toBe('epoch,layer,kind,outputNorm,mean,std,preMean,preStd,deadShare,gradientNorm,weightNorm,updateRatio')
    expect(first).toBe('1,1,hidden,3.25,0.5,1.5,-0.25,2,0.0625,0.125,10,0.001')
    expect(last).toBe('1,2,output,NaN,0.5,1.5,-0.25,2,,0.125,10,0.001')
  })

  test('logs — words as CSV text', async () => {
    const { items } = LogList.parse(await get('/logs'))
    expect(items).toMatchObject([{ level: 'warn', message: '-1 is a strange loss' }])
    expect(await csv('/logs?format=csv')).toEqual(['at,level,message', `${items[0]?.at},warn,'-1 is a strange loss`])
  })

  test.each(['/epochs?after=-1', '/epochs?after=x', '/batches?epoch=0', '/layers?epoch=0', '/logs?last=3'])('%s — 400', async (path) => {
    expect(await get(path)).toMatchObject({ status: 400, code: 'INVALID_INPUT' })
  })

  test.each(['epochs', 'batches', 'layers', 'logs', 'events'])('%s of no experiment — 404', async (name) => {
    const reply = await api.app.inject(`/api/v1/experiments/zzzzzzzzzzzzzzzz/${name}`)
    expect(reply.json()).toMatchObject({ status: 404, code: 'EXPERIMENT_NOT_FOUND' })
  })
})
