import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadSplit } from '../cache/load-split.ts'

/** Of torchvision 0.30: `Resize((128, 128))` of the whole train split, as bytes N x 3 x 128 x 128. */
const SHA256 = '19cb395e78e7049ce0cabf01c403e24d7cccefe9d834bfd0f9522cc8fe1d073f'
const IMAGE_SUMS = { 0: 5878754, 1: 5034333, 500: 4920093, 1019: 3273196 }

const root = process.env['FLOWERS102_ROOT']
if (root === undefined && process.env['CI'] !== 'true')
  console.log('flowers102-parity.test.ts skips: set FLOWERS102_ROOT to a folder that holds flowers-102')

test.skipIf(root === undefined && process.env['CI'] !== 'true')(
  'Flowers102 — the decoded train split is that of torchvision, bit for bit',
  async () => {
    const data = await mkdtemp(join(tmpdir(), 'trainyard-parity-'))
    try {
      const split = await loadSplit({ dataset: 'flowers102', split: 'train', imageSize: 128, folders: { data, flowers102: root ?? null } })
      for (const [image, sum] of Object.entries(IMAGE_SUMS)) {
        const pixels = split.pixels.subarray(Number(image) * 49_152, (Number(image) + 1) * 49_152)
        expect(pixels.reduce((total, value) => total + value, 0)).toBe(sum)
      }
      expect([...split.labels.subarray(0, 20)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
      expect(split.sha256).toBe(SHA256)
    } finally {
      await rm(data, { recursive: true })
    }
  },
)
