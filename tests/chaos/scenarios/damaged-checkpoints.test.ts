import { damagedCheckpoints } from './damaged-checkpoints.ts'
import { testScenario } from './test-scenario.ts'

testScenario(damagedCheckpoints)
