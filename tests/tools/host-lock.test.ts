import { describe, expect, test } from 'vitest'
import { tryHostLock, withHostLock } from '../../tools/process/host-lock.mjs'

describe('host lock', () => {
  test('a held name — nobody else gets it, others can have theirs, and it is free again afterwards', async () => {
    const name = `test ${process.pid}`
    const release = await tryHostLock(name)
    expect(await tryHostLock(name)).toBeNull()
    const other = await tryHostLock(`${name} other`)
    expect(other).not.toBeNull()
    other?.()
    let waited = false
    const work = withHostLock({ name, onWait: () => (waited = true) }, async () => 'done')
    release?.()
    expect(await work).toBe('done')
    expect(waited).toBe(true)
  })
})
