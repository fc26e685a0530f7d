import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Probe } from '@trainyard/contracts'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Service, startService, stopAndRemove } from '@trainyard/testing/services/service'

describe('the lesson, and what can be done after it', () => {
  let service: Service
  let folder: string
  let lesson: string
  beforeAll(async () => {
    service = await startService()
    folder = await mkdtemp(path.join(os.tmpdir(), 'lesson-'))
    lesson = (await service.cli('lesson')).stdout
  }, 300_000)
  afterAll(async () => {
    await stopAndRemove(service)
    await rm(folder, { recursive: true, force: true })
  })

  test('three runs of one seed — without a norm nothing is learned, with one it is', () => {
    const last = (title: string): number => Number(new RegExp(`${title} +epoch 12/12  loss ([\\d.]+)`).exec(lesson)?.[1])
    expect(Math.abs(last('no norm') - Math.log(102))).toBeLessThan(0.05)
    expect(last('batch norm')).toBeLessThan(1)
    expect(last('layer norm')).toBeLessThan(last('no norm') - 0.5)
    expect(lesson).toContain('nothing was learned')
    expect(lesson).toContain('╌ guessing, ln 102')
  })

  test('the notebook’s table stands below, and where the signal was lost is shown', async () => {
    expect(lesson).toMatch(/depth +none +batch +layer/)
    const { stdout } = await service.cli('layers', 'latest')
    expect(
      stdout
        .split('\n')
        .slice(2, 11)
        .map((line) => line.slice(0, 8)),
    ).toEqual([...Array.from({ length: 8 }, (_, i) => `${i + 1} hidden`), '9 output'])
  })

  test('again within a day — the same experiments, at once', async () => {
    const again = (await service.cli('lesson')).stdout
    const ids = (text: string): string | undefined => /trainyard layers (\w+)/.exec(text)?.[1]
    expect(ids(again)).toBe(ids(lesson))
    expect(JSON.parse((await service.cli('list', '--tag', 'lesson', '--json')).stdout).items).toHaveLength(3)
  })

  test('probe — equal requests are one probe, and --json is the whole of it', async () => {
    const args = [
      'probe',
      '--depths',
      '0-2',
      '--norms',
      'none,group',
      '--width',
      '32',
      '--image-size',
      '8',
      '--biases',
      'true,false',
      '--json',
    ]
    const [first, second] = [await service.cli(...args), await service.cli(...args)].map(({ stdout }) => Probe.parse(JSON.parse(stdout)))
    expect(first?.results).toHaveLength(3 * 2 * 2)
    expect(second).toEqual(first)
  })

  test('export and predict — the kept model as files, and a photo’s five likeliest names', async () => {
    await service.cli('export', 'latest', '--out', folder)
    await service.cli('export', 'latest', '--format', 'tfjs', '--out', folder)
    expect(await readFile(path.join(folder, 'module.py'), 'utf8')).toContain('torch.nn.LayerNorm(s)')
    expect(JSON.parse(await readFile(path.join(folder, 'model.json'), 'utf8'))).toMatchObject({ format: 'layers-model' })
    const photo = path.join(folder, 'photo.png')
    await sharp({ create: { width: 90, height: 60, channels: 4, background: { r: 250, g: 220, b: 0, alpha: 0.5 } } })
      .png()
      .toFile(photo)
    const { classes } = JSON.parse((await service.cli('predict', 'latest', photo, '--json')).stdout)
    expect(classes).toHaveLength(5)
    expect(classes[0].probability).toBeGreaterThan(classes[4].probability)
    const torn = path.join(folder, 'torn.jpg')
    await writeFile(torn, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]))
    await expect(service.cli('predict', 'latest', torn)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be decoded'),
    })
  })
})
