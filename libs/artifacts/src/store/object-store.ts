import type { Readable } from 'node:stream'
import { ExpectedError } from '@trainyard/contracts'

export interface StoredObject {
  key: string
  bytes: number
  modifiedAtMs: number
}

export interface Abortable {
  signal?: AbortSignal
}

/** Objects by key. Every call but `link` throws StoreUnavailableError where the store cannot be reached, or refuses it. */
export interface ObjectStore {
  /** For people: s3://bucket/prefix. */
  name: string
  /** All whose keys begin so. */
  list(prefix: string, options?: Abortable & { atMost?: number }): Promise<StoredObject[]>
  /** null: it is not there. The stream ends with DamagedObjectError, a piece short, where it is not what was put. */
  get(key: string, options?: Abortable): Promise<{ bytes: number; stream: Readable } | null>
  put(key: string, bytes: Uint8Array): Promise<void>
  /** Writes it beside the file's place, and renames; false: it is not there. */
  getFile(key: string, options: Abortable & { file: string }): Promise<boolean>
  putFile(key: string, options: Abortable & { file: string }): Promise<void>
  /** Within the store; false: it is not there. */
  copy(from: StoredObject, to: string): Promise<boolean>
  /** What is not there is removed already. */
  remove(key: string): Promise<void>
  /** An address that whoever has it may read for some minutes; null: users' machines cannot reach the store. */
  link(key: string, headers: { type: string; filename?: string }): Promise<string | null>
  /** By the store's clock, as far as its answers have told. */
  nowMs(): number
}

export class StoreUnavailableError extends ExpectedError {
  constructor({ name, cause }: { name: string; cause: unknown }) {
    const why = cause instanceof AggregateError ? cause.errors.join(', ') : String(cause)
    super('ARTIFACTS_UNAVAILABLE', `The artifact store ${name} cannot be used (${why}); try again, GET /readyz says when it is back`, {
      cause,
    })
  }
}

export class DamagedObjectError extends ExpectedError {
  constructor(name: string) {
    super('ARTIFACTS_UNAVAILABLE', `${name} is damaged: its bytes are not those that were put there`)
  }
}
