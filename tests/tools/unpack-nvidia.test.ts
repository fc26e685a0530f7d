import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { hashOf } from '@trainyard/files'
import { NVIDIA_WHEELS } from '../../tools/setup/wheels/pinned-gpu-wheels.mjs'
import { nvidiaPresent, unpackNvidia } from '../../tools/setup/engine/unpack-nvidia.mjs'

/** A small wheel in the layout of NVIDIA's, written by Python's zipfile. */
const archive = path.join(import.meta.dirname, 'zips', 'nvidia.zip')

test('unpackNvidia() — shared libraries go where TensorFlow looks for them; headers, archives and second builds stay out', async () => {
  const cache = await mkdtemp(path.join(os.tmpdir(), 'trainyard-nvidia-'))
  onTestFinished(() => rm(cache, { recursive: true }))
  const wheel = {
    project: 'nvidia-petal-kit-cu12',
    version: '1.0',
    file: 'nvidia_petal_kit_cu12-1.0.whl',
    sha256: await hashOf(archive, 'sha256'),
    bytes: 1,
  }
  // It lies there already, so that nothing is downloaded.
  await mkdir(path.join(cache, 'downloads'))
  await copyFile(archive, path.join(cache, 'downloads', wheel.file))
  const folder = path.join(cache, 'engine', 'nvidia')
  const context = {
    cache,
    env: {},
    log: path.join(cache, 'log'),
    say: () => {},
    announce: <T>(_title: string, work: (report: () => void) => Promise<T>) => work(() => {}),
  }
  expect(nvidiaPresent({ folder, wheels: [wheel] })).toBe(false)
  await unpackNvidia({ folder, wheels: [wheel], context })
  expect(await readdir(folder, { recursive: true })).toEqual([
    'petal_kit',
    'petal_kit/lib',
    'petal_kit/lib/libpetal-sepals.so.12.9',
    'petal_kit/lib/libpetal.so.12',
  ])
  expect(await readFile(path.join(folder, 'petal_kit/lib/libpetal.so.12'), 'utf8')).toBe('petal')
  expect(nvidiaPresent({ folder, wheels: [wheel] })).toBe(true)
  expect(await readdir(path.join(cache, 'downloads'))).toEqual([])
  expect(nvidiaPresent({ folder, wheels: NVIDIA_WHEELS })).toBe(false)
})
