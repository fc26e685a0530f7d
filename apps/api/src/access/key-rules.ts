import { createHash, timingSafeEqual } from 'node:crypto'
import type { KeyScope } from '@trainyard/contracts'
import type { KeyStore } from '@trainyard/jobs'

/** Another process may create the first key: this one notices after that time. */
const KEYS_RECHECK_INTERVAL_MS = 1000

/** Who a request comes from. */
export interface Principal {
  /** null: no key was needed. */
  keyId: string | null
  owner: string | null
  scope: KeyScope
  maxQueued: number | null
  requestsPerMinute: number
}

/** On the service's own host, while there are no keys. */
const LOCAL_USER: Principal = { keyId: null, owner: null, scope: 'admin', maxQueued: null, requestsPerMinute: Infinity }
const OPERATOR: Principal = { ...LOCAL_USER, keyId: 'operator', owner: 'operator', requestsPerMinute: 6000 }

export interface Access {
  /** Whether requests need a key: on loopback once there is one, elsewhere always. */
  needed(): Promise<boolean>
  /** The principal of an Authorization header; null: a key is needed, and this is none. */
  authenticate(authorization: string | undefined): Promise<Principal | null>
}

interface AccessDeps {
  keys: Pick<KeyStore, 'exist' | 'use'>
  /** From the environment. */
  adminKey: string | null
  /** The service listens on loopback only. */
  onLoopback: boolean
}

export function createAccess({ keys, adminKey, onLoopback }: AccessDeps): Access {
  let known = !onLoopback || adminKey !== null
  let checkedAtMs = -Infinity

  async function needed(): Promise<boolean> {
    if (known || performance.now() - checkedAtMs < KEYS_RECHECK_INTERVAL_MS) return known
    known = await keys.exist()
    checkedAtMs = performance.now()
    return known
  }

  return {
    needed,
    async authenticate(authorization) {
      const secret = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
      if (secret === undefined) return (await needed()) ? null : LOCAL_USER
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

/** In constant time. */
const isEqual = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
