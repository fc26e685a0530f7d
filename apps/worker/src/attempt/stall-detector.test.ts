import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startStallDetector } from './stall-detector.ts'

// the clock is the unit's own argument; only setInterval is driven by hand
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

function watched({ stallMs = 20_000 } = {}) {
  let now = 0
  let waited = false
  const stalls: number[] = []
  const watch = startStallDetector({ stallMs, isWaited: () => waited, onStall: (ms) => stalls.push(ms), nowMs: () => now })
  const pass = (seconds: number): void => {
    for (let i = 0; i < seconds; i++) {
      now += 1000
      vi.advanceTimersByTime(1000)
    }
  }
  return { watch, stalls, pass, jump: (ms: number) => void (now += ms), wait: (value: boolean) => void (waited = value) }
}

describe('startStallDetector()', () => {
  test('messages in time are no stall; a longer silence is reported once', () => {
    const { watch, stalls, pass } = watched()
    for (let i = 0; i < 10; i++) {
      pass(1)
      watch.sign()
    }
    pass(19)
    expect(stalls).toEqual([])
    pass(60)
    expect(stalls).toEqual([20_000])
  })

  test('slow steps have ten times their longest gap', () => {
    const { watch, stalls, pass } = watched()
    pass(15)
    watch.sign()
    pass(149)
    expect(stalls).toEqual([])
    pass(2)
    expect(stalls).toEqual([150_000])
  })

  test('a trainer that waits for us does not hang, nor one that we have not listened to', () => {
    const { stalls, pass, jump, wait } = watched()
    wait(true)
    pass(100)
    wait(false)
    pass(10)
    jump(60_000) // this process was stopped
    pass(15)
    expect(stalls).toEqual([])
    pass(10)
    expect(stalls).toHaveLength(1)
  })

  test('stopped, it says nothing more', () => {
    const { watch, stalls, pass } = watched()
    watch.stop()
    pass(100)
    expect(stalls).toEqual([])
  })
})
