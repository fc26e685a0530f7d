import { ProbeRequest } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { DEFAULT_PREFIX, PROBE_QUEUE } from '../redis/keys.ts'
import { createRequestConsumer, type RequestConsumer } from './request-consumer.ts'

interface ProbeConsumerOptions {
  redis: Redis
  prefix?: string
  onError: (error: unknown) => void
}

/** Probes as a worker sees them. */
export function createProbeConsumer({ prefix = DEFAULT_PREFIX, ...rest }: ProbeConsumerOptions): RequestConsumer<ProbeRequest> {
  return createRequestConsumer({ ...rest, prefix, queue: PROBE_QUEUE, parse: (data) => ProbeRequest.parse(data) })
}
