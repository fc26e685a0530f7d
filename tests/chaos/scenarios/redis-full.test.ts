import { redisFull } from './redis-full.ts'
import { testScenario } from './test-scenario.ts'

testScenario(redisFull)
