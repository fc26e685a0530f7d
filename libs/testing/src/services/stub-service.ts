import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Problem } from '@trainyard/contracts'
import { testEpoch } from '../experiments/test-epoch.ts'

export interface SeenRequest {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

/** A real HTTP server that answers as the test decides, and records each request. */
export async function startStubService(answer: (request: SeenRequest, response: ServerResponse) => void) {
  const seen: SeenRequest[] = []
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request
    const seenRequest = { method, url, headers, body: await text(request) }
    seen.push(seenRequest)
    answer(seenRequest, response)
  }
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    stop(): Promise<void> {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

export function sendProblem(response: ServerResponse, problem: Partial<Problem> & Pick<Problem, 'status' | 'code'>): void {
  const whole = { type: 'about:blank', title: 'A title', detail: 'A sentence', instance: '/here', ...problem }
  response.writeHead(problem.status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(whole))
}

/** A resolved experiment as the service sends it. */
export const testExperiment = {
  id: '0001k5d8ac96774bbcce',
  name: null,
  tags: [],
  notes: null,
  owner: null,
  sweep: null,
  throttledBy: null,
  state: 'queued',
  reason: 'submitted',
  config: {
    dataset: 'synthetic-flowers',
    imageSize: 32,
    depth: 3,
    width: 512,
    layerSizes: [512, 512, 512],
    norm: 'none',
    normPosition: null,
    normAffine: null,
    groupSize: null,
    initialWeights: null,
    firstLayer: 'dual',
    recordLayers: true,
    keepModel: 'best',
    bias: true,
    lr: 0.0001,
    momentum: 0.9,
    batchSize: 64,
    epochs: 30,
    seed: 0,
    evaluate: 'val',
    checkpointEverySeconds: 30,
    maxRetries: 3,
    timeLimitSeconds: null,
  },
  configHash: 'abc',
  priority: 0,
  pool: 'default',
  parent: null,
  replay: null,
  forkPoints: [],
  queuePosition: 1,
  startsInSeconds: null,
  progress: {
    phase: 'waiting',
    phaseFraction: 0,
    epoch: 0,
    epochs: 30,
    step: 0,
    stepsPerEpoch: 16,
    fraction: 0,
    secondsPerEpoch: null,
    etaSeconds: null,
  },
  latest: null,
  best: null,
  model: null,
  engine: null,
  datasetHash: null,
  attempts: [],
  transitions: [],
  error: null,
  warnings: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: null,
  finishedAt: null,
}

/** As the API answers it. */
export function storedEpoch(epoch: number) {
  return { ...testEpoch(epoch), at: '2026-01-01T00:00:00.000Z', attempt: 1 }
}
