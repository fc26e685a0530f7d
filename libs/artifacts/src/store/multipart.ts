import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
} from '@aws-sdk/client-s3'

/** At once: a store far away answers late. */
const LANES = 4
const ABORT_TIMEOUT_MS = 5000

interface MultipartOptions {
  target: { Bucket: string; Key: string }
  metadata: Record<string, string>
  count: number
  /** Puts one of them, which count from 1. */
  putPart: (
    part: { target: MultipartOptions['target']; UploadId: string; PartNumber: number },
    abortSignal: AbortSignal,
  ) => Promise<CompletedPart>
  signal?: AbortSignal | undefined
}

/** Makes an object of parts, or nothing: at the first failure what is under way is broken off and removed. */
export async function putInParts(client: S3Client, { target, metadata, count, putPart, signal }: MultipartOptions): Promise<void> {
  const failing = new AbortController()
  const abortSignal = signal ? AbortSignal.any([signal, failing.signal]) : failing.signal
  const create = new CreateMultipartUploadCommand({ ...target, Metadata: metadata, ChecksumAlgorithm: 'CRC32' })
  const { UploadId } = await client.send(create, { abortSignal })
  if (UploadId === undefined) throw new Error('The store began a multipart upload without an id')
  const parts: CompletedPart[] = []
  let begun = 0
  async function lane(id: string): Promise<void> {
    while (begun < count) {
      begun += 1
      const PartNumber = begun
      parts[PartNumber - 1] = { ...(await putPart({ target, UploadId: id, PartNumber }, abortSignal)), PartNumber }
    }
  }
  const lanes = Array.from({ length: LANES }, () => lane(UploadId))
  try {
    await Promise.all(lanes)
    await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } }), { abortSignal })
  } catch (error) {
    failing.abort()
    await Promise.allSettled(lanes)
    const abort = new AbortMultipartUploadCommand({ ...target, UploadId })
    await client.send(abort, { abortSignal: AbortSignal.timeout(ABORT_TIMEOUT_MS) }).catch(() => {}) // the bucket's lifecycle rule is left
    throw error
  }
}
