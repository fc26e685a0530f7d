import { clockSet } from './clock-set.ts'
import { testScenario } from './test-scenario.ts'

testScenario(clockSet)
