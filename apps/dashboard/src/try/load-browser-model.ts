import type { Client, ModelKind } from '@trainyard/client'
import { QuantisedModel } from '@trainyard/contracts'
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
    file('weights.bin').then((response) => readAll(response, { onProgress, signal })),
  ])
  signal.throwIfAborted()
  return { model: await openModel({ model, weights }), classNames: model.userDefinedMetadata.classNames, bytes: weights.byteLength }
}

/** The body, and how much of it is there while it comes. */
async function readAll(response: Response, { onProgress, signal }: Pick<LoadOptions, 'onProgress' | 'signal'>): Promise<ArrayBuffer> {
  const length = response.headers.get('content-length')
  const of = length === null ? null : Number(length)
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  onProgress({ bytes, of })
  const reader = response.body?.getReader()
  signal.addEventListener('abort', () => void reader?.cancel(), { once: true })
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
    chunks.push(read.value)
    bytes += read.value.byteLength
    onProgress({ bytes, of })
  }
  return new Blob(chunks).arrayBuffer()
}
