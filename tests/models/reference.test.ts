import { loadEngine } from '@trainyard/tensorflow'
import { test } from 'vitest'
import { expectWithin } from '../parity/close.ts'
import { modelCases, ownLogits } from './model-cases.ts'
import { referenceLogits } from './reference-logits.ts'
import { BOUND } from './written-models.ts'

const { tf } = loadEngine(process.env)

test.each(modelCases(tf))('the trainer’s own logits — $name: those of the formulas in double precision', (modelCase) => {
  expectWithin(BOUND, ownLogits(tf, modelCase), referenceLogits(modelCase))
})
