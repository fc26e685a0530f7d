import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { errorMessage } from '@trainyard/contracts'

const DRIVER_FILE = '/proc/driver/nvidia/version'
export const NO_SMI = 'nvidia-smi is not on PATH'
const SMI_TIMEOUT_MS = 15_000

/** A GPU as the driver lists it, of those that this process may use. */
export interface ListedGpu {
  index: number
  uuid: string
  name: string
  computeCapability: number | null
}

export interface DriverFacts {
  version: string | null
  /** In nvidia-smi's order. */
  gpus: readonly ListedGpu[]
  /** Why nvidia-smi lists none; null where it does, or just has none. */
  smiFailure: string | null
}

/** Asks NVIDIA's driver, which takes a moment. */
export function queryDriver(env: NodeJS.ProcessEnv): DriverFacts {
  const fromFile = existsSync(DRIVER_FILE) ? (/Module\s+([\d.]+)/.exec(readFileSync(DRIVER_FILE, 'utf8'))?.[1] ?? null) : null
  const args = ['--query-gpu=index,uuid,name,driver_version,compute_cap', '--format=csv,noheader,nounits']
  try {
    const printed = execFileSync('nvidia-smi', args, {
      env,
      encoding: 'utf8',
      timeout: SMI_TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const lines = printed.split('\n').map((line) => line.trim().split(/\s*,\s*/))
    const rows = lines.filter(([index = '']) => /^\d+$/.test(index))
    const gpus = rows.map(([index, uuid = '', name = '', , capability]) => {
      const computeCapability = Number(capability)
      return { index: Number(index), uuid, name, computeCapability: Number.isFinite(computeCapability) ? computeCapability : null }
    })
    return { version: rows[0]?.[3] ?? fromFile, gpus, smiFailure: null }
  } catch (error) {
    return { version: fromFile, gpus: [], smiFailure: failureOf(error) }
  }
}

/** nvidia-smi prints most of its failures to stdout. */
function failureOf(error: unknown): string | null {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'ENOENT') return NO_SMI
  if ('code' in error && error.code === 'ETIMEDOUT') return `nvidia-smi did not answer within ${SMI_TIMEOUT_MS / 1000} s`
  const said = ['stdout', 'stderr'].map((name) => (name in error ? String(Reflect.get(error, name)) : '')).join('\n')
  if (said.includes('No devices were found')) return null
  return `nvidia-smi: ${said.trim().split('\n')[0] || error.message}`
}

/** Why the driver's own library cannot be loaded; null: it can. */
export const driverLibraryFault = (): string | null => loadFault('libcuda.so.1')

/** Those of NVIDIA's libraries that do not load, below the folder in which setup put them, with the loader's reasons. */
export function brokenLibraries(folder: string): string[] {
  if (!existsSync(folder)) return [`${folder} is not there`]
  const parts = readdirSync(folder).map((part) => path.join(folder, part, 'lib'))
  const files = parts.filter((lib) => existsSync(lib)).flatMap((lib) => readdirSync(lib).map((name) => path.join(lib, name)))
  return files.flatMap((file) => loadFault(file) ?? [])
}

/** The loader's words; null for a library that loads. Node then finds no module in it, which is no fault. */
function loadFault(file: string): string | null {
  try {
    process.dlopen({ exports: {} }, file, os.constants.dlopen.RTLD_LAZY)
    return null
  } catch (error) {
    const message = errorMessage(error)
    return /did not self-register/.test(message) ? null : (message.split('\n')[0] ?? message)
  }
}
