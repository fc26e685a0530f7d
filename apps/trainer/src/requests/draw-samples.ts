import type { SamplesAnswer, SamplesRequest } from '@trainyard/contracts'
import { type DatasetFolders, sampleGrid } from '@trainyard/datasets'

/** A grid of images as it travels to its requester. Looking at images downloads nothing: that is for an experiment, or an operator, to begin. */
export async function drawSamples(
  request: SamplesRequest,
  options: { folders: DatasetFolders; signal: AbortSignal },
): Promise<SamplesAnswer> {
  const { png, items } = await sampleGrid(request, options)
  return { png: Buffer.from(png).toString('base64'), items }
}
