import type { Client, ModelKind } from '@trainyard/client'
import { QuantisedModel } from '@trainyard/contracts'
import { readBody } from '../../service/read-body.ts'
import type { BrowserModel } from './browser-model.ts'

export interface Downloaded {
  bytes: number
  /** null: the service has not said. */
  of: number | null
}

export interface LoadedModel {
  model: BrowserModel
  classNames: readonly string[]
  bytes: number
}

interface LoadOptions {
  client: Client
  /** The whole id: then the browser keeps what it has fetched. */
  id: string
  kind: ModelKind
  onProgress: (progress: Downloaded) => void
  signal: AbortSignal
}

/** Fetches tfjs and the model, a byte for each weight, and builds it. */
export async function loadBrowserModel({ client, id, kind, onProgress, signal }: LoadOptions): Promise<LoadedModel> {
  const file = (name: 'model.json' | 'weights.bin') => client.experiments.modelFile(id, { kind, file: name, weights: 'uint8' })
  const [{ openModel }, model, weights] = await Promise.all([
    import('./browser-model.ts'),
    file('model.json').then(async (response) => QuantisedModel.parse(await response.json())),
    file('weights.bin').then((response) => readWeights(response, { onProgress, signal })),
  ])
  signal.throwIfAborted()
  return { model: await openModel({ model, weights }), classNames: model.userDefinedMetadata.classNames, bytes: weights.byteLength }
}

async function readWeights(response: Response, { onProgress, signal }: Pick<LoadOptions, 'onProgress' | 'signal'>): Promise<ArrayBuffer> {
  const length = response.headers.get('content-length')
  const of = length === null ? null : Number(length)
  onProgress({ bytes: 0, of })
  const body = await readBody(response, { onBytes: (bytes) => onProgress({ bytes, of }), signal })
  return body.arrayBuffer()
}
