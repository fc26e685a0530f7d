import type { Sample, SamplesRequest } from '@trainyard/contracts'
import { permutation, randomStream } from '@trainyard/random'
import sharp from 'sharp'
import { CLASS_NAMES } from '../class-names.ts'
import type { DatasetFolders } from '../image-split.ts'
import { renderImages } from '../images/render-images.ts'
import { findOrigin } from './split-origin.ts'

/** Pixels between neighbours, transparent. */
const GAP = 2

export interface SampleGrid {
  /** A PNG's bytes. */
  png: Uint8Array
  items: Sample[]
}

/** Some images of a split, drawn by lot, as one picture. Decodes only these; DatasetMissingError where the split is not on this host. */
export async function sampleGrid(
  { columns, rows, imageSize, label, seed, ...key }: SamplesRequest,
  { folders, signal }: { folders: DatasetFolders; signal?: AbortSignal },
): Promise<SampleGrid> {
  const { source, labels } = await findOrigin({ ...key, folders })
  const order = permutation(labels.length, randomStream(seed, 'samples'))
  const which = order.filter((index) => label === undefined || labels[index] === label).slice(0, columns * rows)
  const pixels = await renderImages({ source, which, count: which.length, imageSize, signal })
  const items = Array.from(which, (index, i) => {
    const kind = labels[index] ?? 0
    return { row: Math.floor(i / columns), column: i % columns, index, label: kind, name: CLASS_NAMES[kind] ?? '' }
  })
  return { png: await encodeGrid(pixels, { items, imageSize }), items }
}

/** (count, 3, size, size) as one picture, no wider or higher than its images need. */
async function encodeGrid(pixels: Uint8Array, { items, imageSize }: { items: readonly Sample[]; imageSize: number }): Promise<Uint8Array> {
  const step = imageSize + GAP
  const width = step * (Math.max(...items.map(({ column }) => column)) + 1) - GAP
  const height = step * (Math.max(...items.map(({ row }) => row)) + 1) - GAP
  const rgba = new Uint8Array(4 * width * height)
  const plane = imageSize ** 2
  for (const [i, { row, column }] of items.entries()) {
    for (let y = 0; y < imageSize; y++) {
      let from = 3 * plane * i + imageSize * y
      let to = 4 * (width * (step * row + y) + step * column)
      for (let x = 0; x < imageSize; x++, from++, to += 4) {
        rgba[to] = pixels[from] ?? 0
        rgba[to + 1] = pixels[from + plane] ?? 0
        rgba[to + 2] = pixels[from + 2 * plane] ?? 0
        rgba[to + 3] = 255
      }
    }
  }
  return sharp(rgba, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()
}
