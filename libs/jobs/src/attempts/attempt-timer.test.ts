import { expect, test } from 'vitest'
import { createAttemptTimer } from './attempt-timer.ts'

function clockAt() {
  let ms = 0
  const clock = createAttemptTimer(() => ms)
  return { clock, pass: (seconds: number) => void (ms += 1000 * seconds) }
}

test('the parts of a run: setting up, epochs with their evaluations, and the end', () => {
  const { clock, pass } = clockAt()
  pass(3)
  expect(clock.settingUpSeconds()).toBe(3)
  expect(clock.secondsPerEpoch()).toBeNull()
  clock.stepped()
  expect(clock.settingUpSeconds()).toBeNull()
  for (const seconds of [2, 2, 4]) {
    pass(seconds)
    clock.epochEnded(seconds / 2)
  }
  pass(1)
  expect(clock.measured()).toEqual({ setUpSeconds: 3, epochSeconds: 8 / 3, endSeconds: 1 })
})

test('the pace follows the latest three epochs', () => {
  const { clock, pass } = clockAt()
  clock.stepped()
  for (const seconds of [100, 2, 2, 2]) {
    pass(seconds)
    clock.epochEnded(1)
  }
  expect(clock.secondsPerEpoch()).toBe(2)
})

test('an epoch that is written late, as after an outage with the others, took what its trainer measured', () => {
  const { clock } = clockAt()
  clock.epochEnded(5)
  clock.epochEnded(5)
  expect(clock.secondsPerEpoch()).toBe(5)
})

test('nothing is measured of a run without an epoch', () => {
  expect(clockAt().clock.measured()).toBeNull()
})
