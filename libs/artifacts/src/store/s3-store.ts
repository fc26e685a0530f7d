import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline as callbackPipeline, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { ExpectedError } from '@trainyard/contracts'
import { writeWhole } from '@trainyard/files'
import { checkedBytes, checksumHeader, checksumOf, checksumOfBytes } from './checksum-stream.ts'
import { putInParts } from './multipart.ts'
import { DamagedObjectError, objectsAt, type RemoteStore, type StoredObject, StoreUnavailableError } from './object-store.ts'
import type { StoreSettings } from './store-settings.ts'

const PART_BYTES = 8 * 2 ** 20
const MAX_PARTS = 10_000
/** Parts that the store copies by itself are larger: no byte of them comes here. */
const COPIED_PARTS = 8
const CONNECT_TIMEOUT_MS = 5000
const SOCKET_TIMEOUT_MS = 20_000
const TRIES = 3
const LINK_SECONDS = 300
/** Each object has the checksum of all its bytes: S3's own are of its parts. */
const CHECKSUM = 'trainyard-crc32'

interface S3Options extends StoreSettings {
  /** Larger files are put in parts of this size. */
  partBytes?: number
}

/** Connects when first used. */
export function createS3Store({ bucket, prefix, region, endpoint, publicEndpoint, partBytes = PART_BYTES }: S3Options): RemoteStore {
  const client = clientOf({ region, endpoint })
  const publicClient = publicEndpoint === undefined ? null : clientOf({ region, endpoint: publicEndpoint })
  const name = `s3://${bucket}/${prefix}`
  const at = (key: string) => ({ Bucket: bucket, Key: `${prefix}${key}` })
  const withStoreErrors = <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((cause: unknown) => Promise.reject(asStoreError(name, cause)))

  async function list(begin: string, { signal, atMost = Infinity }: { signal?: AbortSignal; atMost?: number } = {}) {
    const found: StoredObject[] = []
    let ContinuationToken: string | undefined
    do {
      const page = { Bucket: bucket, Prefix: `${prefix}${begin}`, ContinuationToken, ...(atMost < Infinity && { MaxKeys: atMost }) }
      const answer = await withStoreErrors(() => client.send(new ListObjectsV2Command(page), within(signal)))
      for (const { Key = '', Size = 0, LastModified } of answer.Contents ?? [])
        found.push({ key: Key.slice(prefix.length), bytes: Size, modifiedAtMs: LastModified?.getTime() ?? 0 })
      ContinuationToken = answer.NextContinuationToken
    } while (ContinuationToken !== undefined && found.length < atMost)
    return found
  }

  async function openObject(key: string, { signal }: { signal?: AbortSignal } = {}) {
    const answer = await orNull(withStoreErrors(() => client.send(new GetObjectCommand(at(key)), within(signal))))
    if (!answer) return null
    const { Body, ContentLength = 0, Metadata } = answer
    if (!(Body instanceof Readable)) throw new Error('The store answered without a stream')
    const checksum = Metadata?.[CHECKSUM]
    // one that people have put there themselves has none
    if (checksum === undefined) return { bytes: ContentLength, stream: Body }
    const checked = checkedBytes(checksum, () => new DamagedObjectError(`${name}${key}`))
    // a late reader of `checked` still gets the error
    return { bytes: ContentLength, stream: callbackPipeline(Body, checked, () => {}) }
  }

  async function getFile(key: string, { file, signal }: { file: string; signal?: AbortSignal }): Promise<boolean> {
    const found = await openObject(key, { ...(signal && { signal }) })
    if (!found) return false
    const write = (part: string): Promise<void> =>
      withStoreErrors(() => pipeline(found.stream, createWriteStream(part, { flush: true }), { ...(signal && { signal }) }))
    await writeWhole(file, write, { part: `${file}.${randomUUID()}.part` })
    return true
  }

  async function putFile(key: string, { file, signal }: { file: string; signal?: AbortSignal }): Promise<void> {
    await using handle = await open(file)
    const { size } = await handle.stat()
    const metadata = { [CHECKSUM]: await checksumOf(handle, size) }
    const partSize = Math.max(partBytes, Math.ceil(size / MAX_PARTS))
    if (size <= partSize) {
      const body = withBody(await readPart(handle, { first: 0, bytes: size }))
      await withStoreErrors(() => client.send(new PutObjectCommand({ ...at(key), Metadata: metadata, ...body }), within(signal)))
      return
    }
    const put = putInParts(client, {
      ...{ target: at(key), metadata, signal, count: Math.ceil(size / partSize) },
      async putPart({ target, ...part }, abortSignal) {
        const first = (part.PartNumber - 1) * partSize
        const body = withBody(await readPart(handle, { first, bytes: Math.min(partSize, size - first) }))
        const { ETag, ChecksumCRC32 } = await client.send(new UploadPartCommand({ ...target, ...part, ...body }), { abortSignal })
        return { ETag, ChecksumCRC32 }
      },
    })
    await withStoreErrors(() => put)
  }

  /** Objects over 5 GiB can only be copied in parts; large ones are, so that no single call takes long. */
  async function copy(from: StoredObject, to: string): Promise<boolean> {
    const CopySource = encodeURI(`${bucket}/${prefix}${from.key}`)
    const partSize = Math.max(COPIED_PARTS * partBytes, Math.ceil(from.bytes / MAX_PARTS))
    if (from.bytes <= partSize) return await isFound(withStoreErrors(() => client.send(new CopyObjectCommand({ ...at(to), CopySource }))))
    const head = await orNull(withStoreErrors(() => client.send(new HeadObjectCommand(at(from.key)))))
    if (!head) return false
    const put = putInParts(client, {
      ...{ target: at(to), metadata: head.Metadata ?? {}, count: Math.ceil(from.bytes / partSize) },
      async putPart({ target, ...part }, abortSignal) {
        const first = (part.PartNumber - 1) * partSize
        const CopySourceRange = `bytes=${first}-${Math.min(first + partSize, from.bytes) - 1}`
        const command = new UploadPartCopyCommand({ ...target, ...part, CopySource, CopySourceRange })
        const { ETag, ChecksumCRC32 } = (await client.send(command, { abortSignal })).CopyPartResult ?? {}
        return { ETag, ChecksumCRC32 }
      },
    })
    return isFound(withStoreErrors(() => put))
  }

  const remove = async (key: string): Promise<void> => void (await withStoreErrors(() => client.send(new DeleteObjectCommand(at(key)))))

  return {
    name,
    list,
    open: openObject,
    getFile,
    putFile,
    copy,
    async put(key, bytes) {
      const object = { ...at(key), Metadata: { [CHECKSUM]: checksumOfBytes(bytes) }, ...withBody(bytes) }
      await withStoreErrors(() => client.send(new PutObjectCommand(object)))
    },
    remove,
    async removeAll(key, except = []) {
      const nameOf = (each: string): string => each.slice(key.length + 1).split('/', 1)[0] ?? ''
      for (const each of await objectsAt({ list }, { key })) if (!except.includes(nameOf(each.key))) await remove(each.key)
    },
    async link(key, { type, filename }) {
      if (!publicClient) return null
      const disposition = filename !== undefined && { ResponseContentDisposition: `attachment; filename="${filename}"` }
      const command = new GetObjectCommand({ ...at(key), ResponseContentType: type, ...disposition })
      return getSignedUrl(publicClient, command, { expiresIn: LINK_SECONDS })
    },
    nowMs: () => Date.now() + client.config.systemClockOffset,
  }
}

function clientOf({ region, endpoint }: { region: string; endpoint: string | undefined }): S3Client {
  return new S3Client({
    region,
    // stores other than Amazon's have one name for all buckets
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    maxAttempts: TRIES,
    // what comes is held against the object's own checksum; what stores say of copies and of parts differs between them
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SOCKET_TIMEOUT_MS },
  })
}

const within = (abortSignal: AbortSignal | undefined) => (abortSignal ? { abortSignal } : {})

const withBody = (Body: Uint8Array) => ({ Body, ChecksumCRC32: checksumHeader(Body) })

async function readPart(handle: FileHandle, { first, bytes }: { first: number; bytes: number }): Promise<Buffer> {
  const part = Buffer.alloc(bytes)
  for (let read = 0; read < bytes;) {
    const { bytesRead } = await handle.read(part, read, bytes - read, first + read)
    if (bytesRead === 0) throw new Error('The file has become shorter while it was put into the store')
    read += bytesRead
  }
  return part
}

/** An abort is no fault of the store's, and `orNull` handles missing objects. */
function asStoreError(name: string, cause: unknown): Error {
  const isExpected = cause instanceof ExpectedError || isNotFound(cause)
  const isOurs = cause instanceof Error && (isExpected || cause.name === 'AbortError' || ('code' in cause && cause.code === 'ENOENT'))
  return isOurs ? cause : new StoreUnavailableError({ name, cause })
}

const isNotFound = (error: unknown): boolean =>
  error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound')

const orNull = <T>(answer: Promise<T>): Promise<T | null> =>
  answer.catch((error: unknown) => (isNotFound(error) ? null : Promise.reject(error)))

const isFound = async (answer: Promise<unknown>): Promise<boolean> => (await orNull(answer.then(() => true))) ?? false
