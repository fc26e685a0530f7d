import { redisAway } from './redis-away.ts'
import { testScenario } from './test-scenario.ts'

testScenario(redisAway)
