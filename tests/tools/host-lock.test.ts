import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { tryHostLock, withHostLock } from '../../tools/process/host-lock.mjs'

/** The Node that a fresh clone's first start runs on; later ones run on the one that npm installs. */
const hostNode = (process.env['PATH'] ?? '')
  .split(path.delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .map((folder) => path.join(folder, 'node'))
  .find((file) => statSync(file, { throwIfNoEntry: false })?.isFile())

const script = (name: string) => `
  import { tryHostLock } from ${JSON.stringify(new URL('../../tools/process/host-lock.mjs', import.meta.url).href)}
  process.stdout.write(await tryHostLock(${JSON.stringify(name)}) ? 'acquired' : 'refused')
  process.stdin.resume()`

/** A process of that Node that has tried to acquire the lock and stays; resolves with what came of it. */
async function lockElsewhere({ node, name }: { node: string; name: string }): Promise<string> {
  const child = spawn(node, ['--input-type=module', '--eval', script(name)], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [result] = await once(child.stdout, 'data')
  return String(result)
}

describe('host lock', () => {
  test('a name in use — is refused to others, who can have theirs, and is free afterwards', async () => {
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

  test('a name in use — by this Node, by the host’s Node: is refused to both', async ({ skip }) => {
    skip(hostNode === undefined, 'no Node is on PATH but the one of node_modules')
    const nodes = [hostNode ?? '', process.execPath]
    for (const holder of nodes) {
      const name = `test ${process.pid} of ${holder}`
      expect(await lockElsewhere({ node: holder, name })).toBe('acquired')
      for (const node of nodes) expect([node, await lockElsewhere({ node, name })]).toEqual([node, 'refused'])
      expect(await tryHostLock(name)).toBeNull()
    }
  })
})
