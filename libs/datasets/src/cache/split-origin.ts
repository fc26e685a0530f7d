import { findFlowers102, listFlowers102 } from '../flowers102/flowers102-files.ts'
import type { DatasetFolders, SplitKey } from '../image-split.ts'
import type { ImageSource } from '../images/render-task.ts'
import { firstPose, SYNTHETIC_VERSION, syntheticLabels } from '../synthetic/synthetic-split.ts'

/** Bumped when decoding gives other pixels, so that older cache files are made again. */
const DECODER_VERSION = 1

/** A split before it is decoded. */
export interface Origin {
  source: ImageSource
  labels: Uint8Array<ArrayBuffer>
  /** Changes when the images do, or how they are made. */
  fingerprint: string
}

/** Where a split's images come from; DatasetMissingError where they are not on this host. */
export async function findOrigin({ dataset, split, folders }: Omit<SplitKey, 'imageSize'> & { folders: DatasetFolders }): Promise<Origin> {
  if (dataset === 'synthetic-flowers') {
    const labels = syntheticLabels(split)
    return {
      source: { kind: 'synthetic', labels, firstPose: firstPose(split) },
      labels,
      fingerprint: `synthetic-flowers ${SYNTHETIC_VERSION}`,
    }
  }
  const { files, labels, fingerprint } = await listFlowers102({ folder: await findFlowers102(folders), split })
  return { source: { kind: 'jpegs', files }, labels, fingerprint: `decoder ${DECODER_VERSION} ${fingerprint}` }
}
