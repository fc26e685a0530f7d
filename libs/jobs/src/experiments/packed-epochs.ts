import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'

/** Epochs of an ended experiment, as epoch-json.ts writes them, in a fraction of their size: Redis keeps them for good. */
export async function packEpochs(texts: readonly string[]): Promise<Buffer> {
  return texts.length === 0 ? Buffer.alloc(0) : promisify(deflateRaw)(texts.join('\n'), { level: 9 })
}

export async function unpackEpochs(packed: Buffer | null): Promise<string[]> {
  return packed ? (await promisify(inflateRaw)(packed)).toString().split('\n') : []
}
