import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from './free-port.ts'
import { poll } from '../inputs/poll.ts'

const BUCKET = 'trainyard'
const PREFIX = 'lab/'
const CHECKSUM = 'x-amz-meta-trainyard-crc32'

export interface S3Process {
  /** http://127.0.0.1:PORT. */
  url: string
  port: number
  /** What API and workers need in order to use it; another `endpoint` for those that reach it elsewhere, as through a proxy. */
  env(endpoint?: string): Record<string, string>
  /** Keys of all objects, without the prefix. */
  keys(): Promise<string[]>
  /** Changes a byte of an object, and keeps its metadata. */
  damage(key: string): Promise<void>
  /** Multipart uploads that are neither complete nor aborted. */
  openUploads(): Promise<number>
  /** Ends it; its objects go with it. */
  stop(): Promise<void>
}

/** An S3-compatible store of this test's own: moto's server on a free port, with an empty bucket. It keeps all in memory, and looks at no credentials. */
export async function startS3({ python, host = '127.0.0.1' }: { python: string; host?: string }): Promise<S3Process> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  // so that tests of multipart uploads need no large files
  const env = { ...process.env, S3_UPLOAD_PART_MIN_SIZE: '1' }
  const child = spawn(python, ['-m', 'moto.server', '-H', host, '-p', `${port}`], { stdio: 'ignore', env })
  const ended = once(child, 'exit')
  const bucket = `${url}/${BUCKET}`
  try {
    await Promise.race([
      poll(() => answered(`${url}/moto-api/`), { timeoutMs: 30_000 }),
      ended.then(([code]) => Promise.reject(new Error(`moto did not start: ${String(code)}`))),
    ])
    await answered(bucket, { method: 'PUT' })
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
  return {
    ...{ url, port },
    env: (endpoint = url) => ({
      ...{ TRAINYARD_ARTIFACTS: `s3://${BUCKET}/${PREFIX}`, TRAINYARD_S3_ENDPOINT: endpoint },
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    }),
    async keys() {
      const xml = await (await answered(`${bucket}?list-type=2&prefix=${PREFIX}`)).text()
      return [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key.slice(PREFIX.length)).toSorted()
    },
    async damage(key) {
      const object = await answered(`${bucket}/${PREFIX}${key}`)
      const bytes = new Uint8Array(await object.arrayBuffer())
      bytes[0] = (bytes[0] ?? 0) ^ 1
      const headers = { [CHECKSUM]: object.headers.get(CHECKSUM) ?? '' }
      await answered(`${bucket}/${PREFIX}${key}`, { method: 'PUT', body: bytes, headers })
    },
    openUploads: async () => (await (await answered(`${bucket}?uploads`)).text()).split('<Upload>').length - 1,
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** moto takes any signature for its owner's; without one it answers as to anonymous callers. */
const SIGNED = { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0' }

interface Call extends Omit<RequestInit, 'headers'> {
  headers?: Record<string, string>
}

async function answered(url: string, init: Call = {}): Promise<Response> {
  const answer = await fetch(url, { ...init, headers: { ...init.headers, ...SIGNED } })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  return answer
}
