import { createRequire } from 'node:module'
import type * as Tfjs from '@tensorflow/tfjs-node-gpu'

/**
 * The whole tfjs package over the same binding, for what needs it: its automatic differentiation checks our layers. It calls two functions
 * that Node 23 removed from `util`; they come back here, and nowhere else.
 */
export function loadTfjs(): typeof Tfjs {
  const require = createRequire(import.meta.url)
  const util: Record<string, unknown> = require('node:util')
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
  util['isArray'] ??= Array.isArray
  const tfjs: typeof Tfjs = require('@tensorflow/tfjs-node-gpu')
  return tfjs
}
