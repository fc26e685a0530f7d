import { expect, test } from 'vitest'
import { requireFreeSpace } from '../../tools/setup/disk-space.mjs'
import { requireSupportedPlatform, thisHost } from '../../tools/setup/platform.mjs'

const linux = { platform: 'linux', arch: 'x64', glibc: '2.36', node: '20.0.0' }

test('requireSupportedPlatform() — Linux on x64 and arm64 with Node 20, and the host of these tests', () => {
  for (const host of [linux, { ...linux, arch: 'arm64' }, { ...linux, glibc: '2.28' }, thisHost()]) {
    expect(() => requireSupportedPlatform(host)).not.toThrow()
  }
})

test.each([
  [{ platform: 'win32' }, /Windows.*WSL2.*container.*TRAINYARD_URL/],
  [{ platform: 'darwin', arch: 'arm64' }, /macOS.*container.*TRAINYARD_URL/],
  [{ arch: 'riscv64' }, /no TensorFlow for linux on riscv64/],
  [{ glibc: null }, /needs glibc 2\.28 or newer.*musl/],
  [{ glibc: '2.27' }, /needs glibc 2\.28 or newer, and this system has glibc 2\.27/],
  [{ node: '18.20.0' }, /Node 18\.20\.0 is too old: install Node 20 or newer/],
])('requireSupportedPlatform() — %j: one sentence that says what to do', (difference, sentence) => {
  expect(() => requireSupportedPlatform({ ...linux, ...difference })).toThrow(sentence)
})

test('requireFreeSpace() — a full disk: how much is needed, where, and how much is left', () => {
  const needed = { folder: '/var/cache', bytes: 1.5e9, purpose: 'The TensorFlow engine' }
  expect(() => requireFreeSpace({ ...needed, free: 1.5e9 })).not.toThrow()
  expect(() => requireFreeSpace({ ...needed, free: 0.2e9 })).toThrow(
    'The TensorFlow engine needs 1.5 GB free for /var/cache, and 0.2 GB are left: free some space and run this again',
  )
})
