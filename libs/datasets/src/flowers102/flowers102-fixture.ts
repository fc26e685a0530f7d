/** For tests: a small Flowers102 whose splits are as long as the real one's, but name the same few images again and again. */
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { SPLIT_COUNTS } from '@trainyard/contracts'
import sharp from 'sharp'
import { create } from 'tar'
import type { Flowers102Md5 } from './install-flowers102.ts'

const IMAGES = 6

export function imageFile(folder: string, id: number): string {
  return join(folder, 'jpg', `image_0000${id}.jpg`)
}

/** Writes a flowers-102 folder below `root`; returns it. */
export async function writeFlowers102(root: string): Promise<string> {
  const folder = join(root, 'flowers-102')
  await mkdir(join(folder, 'jpg'), { recursive: true })
  for (let id = 1; id <= IMAGES; id++) {
    const background = { r: id * 40, g: 255 - id * 40, b: 128 }
    await sharp({ create: { width: 40 + id, height: 30, channels: 3, background } })
      .jpeg()
      .toFile(imageFile(folder, id))
  }
  const ids = (count: number) => Array.from({ length: count }, (_, i) => (i % IMAGES) + 1)
  const { train, val, test } = SPLIT_COUNTS.flowers102
  await writeFile(join(folder, 'setid.mat'), matFile({ trnid: ids(train), valid: ids(val), tstid: ids(test) }))
  await writeFile(join(folder, 'imagelabels.mat'), matFile({ labels: ids(IMAGES) }))
  return folder
}

/** Packs the folder as the published files are; returns their MD5s. */
export async function packFlowers102({ folder, to }: { folder: string; to: string }): Promise<Flowers102Md5> {
  await mkdir(to, { recursive: true })
  await create({ gzip: true, file: join(to, '102flowers.tgz'), cwd: folder }, ['jpg'])
  for (const name of ['setid.mat', 'imagelabels.mat']) await writeFile(join(to, name), await readFile(join(folder, name)))
  const md5 = async (name: string) =>
    createHash('md5')
      .update(await readFile(join(to, name)))
      .digest('hex')
  return {
    '102flowers.tgz': await md5('102flowers.tgz'),
    'setid.mat': await md5('setid.mat'),
    'imagelabels.mat': await md5('imagelabels.mat'),
  }
}

/** A MATLAB 5 file of 16-bit arrays, each compressed. */
export function matFile(arrays: Record<string, number[]>): Buffer {
  const header = Buffer.alloc(128, ' ')
  header.writeUInt16LE(0x0100, 124)
  header.write('IM', 126, 'latin1')
  const compressed = Object.entries(arrays).map(([name, values]) => {
    const matrix = Buffer.concat([
      element(6, Buffer.from([11, 0, 0, 0, 0, 0, 0, 0])),
      element(5, Buffer.from(Int32Array.of(1, values.length).buffer)),
      element(1, Buffer.from(name)),
      element(4, Buffer.from(Uint16Array.from(values).buffer)),
    ])
    const data = deflateSync(element(14, matrix))
    return Buffer.concat([tag(15, data.length), data])
  })
  return Buffer.concat([header, ...compressed])
}

function tag(type: number, size: number): Buffer {
  return Buffer.from(Uint32Array.of(type, size).buffer)
}

function element(type: number, data: Buffer): Buffer {
  return Buffer.concat([tag(type, data.length), data, Buffer.alloc((8 - (data.length % 8)) % 8)])
}
