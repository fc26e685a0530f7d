import { lostAnswers } from './lost-answers.ts'
import { testScenario } from './test-scenario.ts'

testScenario(lostAnswers)
