import type { Readable } from 'node:stream'
import { ExpectedError } from '@trainyard/contracts'

export interface StoredObject {
  key: string
  bytes: number
  modifiedAtMs: number
}

export interface OpenObject {
  bytes: number
  /** Read it to its end or destroy it: that closes the file or the connection. */
  stream: Readable
}

export interface Abortable {
  signal?: AbortSignal
}

/** Objects by key. Every call of a remote store but `link` throws StoreUnavailableError where the store cannot be reached, or refuses it. */
export interface ObjectStore {
  /** For people: s3://bucket/prefix, or a folder. */
  name: string
  /** All whose keys begin so. */
  list(prefix: string, options?: Abortable & { atMost?: number }): Promise<StoredObject[]>
  /** null: it is not there. A remote store's stream ends with DamagedObjectError, a piece short, where it is not what was put. */
  open(key: string, options?: Abortable): Promise<OpenObject | null>
  put(key: string, bytes: Uint8Array): Promise<void>
  /** Within the store; false: it is not there. */
  copy(from: StoredObject, to: string): Promise<boolean>
  /** What is not there is removed already. */
  remove(key: string): Promise<void>
  /** Removes an object, or all objects below the key, except those whose next part of the key has one of these names. */
  removeAll(key: string, except?: readonly string[]): Promise<void>
  /** A presigned URL, valid for some minutes; null: clients cannot reach the store. */
  link(key: string, headers: { type: string; filename?: string }): Promise<string | null>
  /** By the store's clock, from the dates of its responses. */
  nowMs(): number
}

/** A store on other hosts, which files go to and come from. */
export interface RemoteStore extends ObjectStore {
  /** Writes it beside the file's place, and renames; false: it is not there. */
  getFile(key: string, options: Abortable & { file: string }): Promise<boolean>
  putFile(key: string, options: Abortable & { file: string }): Promise<void>
}

/** The object of this key, or those below it. */
export async function objectsAt(
  store: Pick<ObjectStore, 'list'>,
  { key, ...options }: Abortable & { key: string },
): Promise<StoredObject[]> {
  return (await store.list(key, options)).filter((each) => each.key === key || each.key.startsWith(`${key}/`))
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
