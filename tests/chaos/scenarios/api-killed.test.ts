import { apiKilled } from './api-killed.ts'
import { testScenario } from './test-scenario.ts'

testScenario(apiKilled)
