import { ownerLost } from './owner-lost.ts'
import { testScenario } from './test-scenario.ts'

testScenario(ownerLost)
