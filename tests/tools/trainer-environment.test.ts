import { TRAINER_ENVIRONMENT } from '../../apps/worker/src/process/trainer-environment.ts'
import { expect, test } from 'vitest'
import { TRAINER_ENVIRONMENT as ofTools } from '../../tools/process/trainer-environment.mjs'

test('a process that trains is started alike by a worker and from the terminal', () => {
  expect(ofTools).toEqual(TRAINER_ENVIRONMENT)
})
