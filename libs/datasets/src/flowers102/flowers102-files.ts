import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CLASSES, errorMessage, SPLIT_COUNTS, type SplitName } from '@trainyard/contracts'
import { DatasetCorruptError, DatasetMissingError } from '../errors.ts'
import { fileState } from '../files/file-state.ts'
import type { DatasetFolders } from '../image-split.ts'
import { readMatFile } from './mat-file.ts'

/** The array of setid.mat that lists each split's images. */
const ID_ARRAYS: Record<SplitName, string> = { train: 'trnid', val: 'valid', test: 'tstid' }

export interface Flowers102Split {
  /** In the split's own order, as torchvision has it. */
  files: string[]
  labels: Uint8Array<ArrayBuffer>
  /** Changes when the split's images do. */
  fingerprint: string
}

/** The folder below which we keep our own flowers-102/. */
export function ownFlowers102Root(dataFolder: string): string {
  return join(dataFolder, 'datasets', 'flowers102')
}

/** The flowers-102 folder to read, as torchvision lays it out: jpg/image_XXXXX.jpg, setid.mat, imagelabels.mat. */
export async function findFlowers102(folders: DatasetFolders): Promise<string> {
  const folder = join(folders.flowers102 ?? ownFlowers102Root(folders.data), 'flowers-102')
  if (await fileState(folder)) return folder
  throw new DatasetMissingError(
    folders.flowers102 === null
      ? 'Flowers102 is not here. Run `trainyard datasets fetch flowers102`, or set FLOWERS102_ROOT to a folder that holds flowers-102.'
      : `There is no folder ${folder}. Set FLOWERS102_ROOT to the folder that holds flowers-102, or unset it and run \`trainyard datasets fetch flowers102\`.`,
  )
}

/** Lists a split's images; every one of them is there. */
export async function listFlowers102({ folder, split }: { folder: string; split: SplitName }): Promise<Flowers102Split> {
  const ids = await readIds({ folder, split })
  const labels = await readLabels({ folder, ids })
  const files = ids.map((id) => join(folder, 'jpg', `image_${String(id).padStart(5, '0')}.jpg`))
  const states = await Promise.all(files.map(fileState))
  const missing = states.indexOf(null)
  if (missing !== -1)
    throw new DatasetMissingError(
      `The ${split} split of Flowers102 is not complete: ${files[missing]} is missing. Run \`trainyard datasets fetch flowers102\`, or copy the images there.`,
    )
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([ids, [...labels], states]))
    .digest('hex')
  return { files, labels, fingerprint }
}

async function readIds({ folder, split }: { folder: string; split: SplitName }): Promise<number[]> {
  const file = join(folder, 'setid.mat')
  const ids = await readArray({ file, name: ID_ARRAYS[split] })
  const count = SPLIT_COUNTS.flowers102[split]
  if (ids.length !== count) throw new DatasetCorruptError({ file, fault: `it lists ${ids.length} ${split} images instead of ${count}` })
  return ids
}

async function readLabels({ folder, ids }: { folder: string; ids: number[] }): Promise<Uint8Array<ArrayBuffer>> {
  const file = join(folder, 'imagelabels.mat')
  const labels = await readArray({ file, name: 'labels' })
  return Uint8Array.from(ids, (id) => {
    const label = (labels[id - 1] ?? 0) - 1 // the file counts from 1
    if (label >= 0 && label < CLASSES) return label
    throw new DatasetCorruptError({ file, fault: `image ${id} has no label from 1 to ${CLASSES}` })
  })
}

async function readArray({ file, name }: { file: string; name: string }): Promise<number[]> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new DatasetMissingError(`${file} cannot be read: ${errorMessage(error)}. Fetch or import the dataset again.`, { cause: error })
  })
  try {
    const array = readMatFile(bytes).get(name)
    if (!array) throw new Error(`it holds no array called ${name}`)
    return array
  } catch (error) {
    throw new DatasetCorruptError({ file, fault: errorMessage(error), cause: error })
  }
}
