import { redisKilled } from './redis-killed.ts'
import { testScenario } from './test-scenario.ts'

testScenario(redisKilled)
