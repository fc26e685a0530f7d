import { expect, test } from 'vitest'
import { queueName, queueOf, servedQueues } from './keys.ts'

test('a worker serves the queues of its own config version and of older ones, the oldest first', () => {
  expect(servedQueues('gpu', 3)).toEqual(['run-v1-gpu', 'run-v2-gpu', 'run-v3-gpu'])
  expect(servedQueues('gpu')).toContain(queueName('gpu'))
  expect(queueOf('run-v12-a-pool')).toEqual({ pool: 'a-pool', configVersion: 12 })
})
