import { diskFull } from './disk-full.ts'
import { testScenario } from './test-scenario.ts'

testScenario(diskFull)
