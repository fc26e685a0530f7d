import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { loadSplit } from '@trainyard/datasets'

export type DecodingTimes = {
  /** Seconds, one number for each round. */
  ours: number[]
  torchvision: number[]
  fromCache: number[]
}

export interface BenchDecodingOptions {
  /** An interpreter that has torch, torchvision and scipy. */
  python: string
  /** Holds flowers-102/. */
  flowers102: string
  imageSize: number
  rounds: number
}

/** Times decoding and resizing Flowers102's train split, ours (with writing the cache file) and torchvision's in turn, and loading it again. */
export async function benchDecoding({ python, flowers102, imageSize, rounds }: BenchDecodingOptions): Promise<DecodingTimes> {
  const times: DecodingTimes = { ours: [], torchvision: [], fromCache: [] }
  for (let round = 0; round < rounds; round++) {
    const data = await mkdtemp(join(tmpdir(), 'trainyard-bench-decoding-'))
    const load = () => loadSplit({ dataset: 'flowers102', split: 'train', imageSize, folders: { data, flowers102 } })
    try {
      times.ours.push(await secondsOf(load))
      times.fromCache.push(await secondsOf(load))
    } finally {
      await rm(data, { recursive: true })
    }
    const script = fileURLToPath(new URL('./torchvision_decode.py', import.meta.url))
    const { stdout } = await promisify(execFile)(python, [script, flowers102, String(imageSize)])
    times.torchvision.push(Number(stdout))
  }
  return times
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}
