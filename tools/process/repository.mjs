import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..')

/** The Node that npm installs here; the host's may be older and cannot run TypeScript. */
export const OWN_NODE = path.join(ROOT, 'node_modules', '.bin', 'node')
