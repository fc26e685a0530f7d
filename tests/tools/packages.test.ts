import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { packagesInstalled } from '../../tools/setup/packages.mjs'

describe('packages', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'trainyard-packages-'))
    await mkdir(path.join(root, 'node_modules'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  const wanted = {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/only-on-windows': { version: '1.0.0', optional: true },
  }
  const installed = async (present: object | string) => {
    await writeFile(path.join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }))
    const text = typeof present === 'string' ? present : JSON.stringify({ packages: present })
    await writeFile(path.join(root, 'node_modules', '.package-lock.json'), text)
    return packagesInstalled(root)
  }

  test('all that is wanted — without what is for other platforms', async () => {
    expect(await installed({ 'node_modules/a': { version: '1.0.0' } })).toBe(true)
  })

  test('another version, a missing one, a record cut off, none — install', async () => {
    expect(await installed({ 'node_modules/a': { version: '0.9.0' } })).toBe(false)
    expect(await installed({})).toBe(false)
    expect(await installed('{"packages":')).toBe(false)
    await rm(path.join(root, 'node_modules'), { recursive: true })
    expect(packagesInstalled(root)).toBe(false)
  })
})
