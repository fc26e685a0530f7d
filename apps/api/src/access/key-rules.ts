import { createHash, timingSafeEqual } from 'node:crypto'
import type { KeyScope } from '@trainyard/contracts'
import type { KeyStore } from '@trainyard/jobs'

/** While there are no keys, other processes may make the first one: so long this one does not know. */
const ASK_AGAIN_AFTER_MS = 1000

/** Who sends a request. */
export interface Caller {
  /** null: no key was needed. */
  keyId: string | null
  owner: string | null
  scope: KeyScope
  maxQueued: number | null
  requestsPerMinute: number
}

/** Who runs the service on its own host, where no key was ever made. */
const ANYBODY: Caller = { keyId: null, owner: null, scope: 'admin', maxQueued: null, requestsPerMinute: Infinity }
const OPERATOR: Caller = { ...ANYBODY, keyId: 'operator', owner: 'operator', requestsPerMinute: 6000 }

export interface Access {
  /** Whether requests need a key: elsewhere than on loopback always, there as soon as one was made. */
  needed(): Promise<boolean>
  /** Whose request it is, by its Authorization header; null: a key is needed, and this is none. */
  callerOf(authorization: string | undefined): Promise<Caller | null>
}

interface AccessDeps {
  keys: Pick<KeyStore, 'exist' | 'use'>
  /** The operator's own, from the environment. */
  adminKey: string | null
  /** It listens where only its own host reaches it. */
  onLoopback: boolean
}

export function createAccess({ keys, adminKey, onLoopback }: AccessDeps): Access {
  let known = !onLoopback || adminKey !== null
  let askedAtMs = -Infinity

  async function needed(): Promise<boolean> {
    if (known || performance.now() - askedAtMs < ASK_AGAIN_AFTER_MS) return known
    known = await keys.exist()
    askedAtMs = performance.now()
    return known
  }

  return {
    needed,
    async callerOf(authorization) {
      const secret = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
      if (secret === undefined) return (await needed()) ? null : ANYBODY
      if (adminKey !== null && isEqual(secret, adminKey)) return OPERATOR
      const key = await keys.use(secret)
      if (key) {
        known = true
        const { id, owner, scope, maxQueued, requestsPerMinute } = key
        return { keyId: id, owner, scope, maxQueued, requestsPerMinute }
      }
      return null
    },
  }
}

/** In a time that says nothing of where they differ. */
const isEqual = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
