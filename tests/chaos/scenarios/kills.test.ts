import { kills } from './kills.ts'
import { testScenario } from './test-scenario.ts'

testScenario(kills)
