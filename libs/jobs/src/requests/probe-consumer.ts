import { ProbeRequest } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { DEFAULT_PREFIX, PROBE_QUEUE } from '../redis/keys.ts'
import { createQuestionSource, type QuestionSource } from './request-consumer.ts'

interface ProbeSourceOptions {
  redis: Redis
  prefix?: string
  onError: (error: unknown) => void
}

/** Probes as a worker sees them. */
export function createProbeSource({ prefix = DEFAULT_PREFIX, ...rest }: ProbeSourceOptions): QuestionSource<ProbeRequest> {
  return createQuestionSource({ ...rest, prefix, queue: PROBE_QUEUE, parse: (data) => ProbeRequest.parse(data) })
}
