import { loadEngine, type LoadedEngine } from '@trainyard/tensorflow'

/** TensorFlow where it computes on a GPU, or why tests that need one do not run. With TRAINYARD_REQUIRE_GPU=1 it must. */
export function engineOnGpu(): LoadedEngine | null {
  const found = engineOrFault()
  if (typeof found !== 'string' && found.tf.onGpu) return found
  const reason = typeof found === 'string' ? found : `TensorFlow computes on the ${found.engine.device}`
  if (process.env['TRAINYARD_REQUIRE_GPU'] === '1') throw new Error(`No GPU here: ${reason}`)
  process.stderr.write(`skipped: no GPU here: ${reason}; \`npm run test:gpu\` runs these on a host that has one\n`)
  return null
}

function engineOrFault(): LoadedEngine | string {
  try {
    return loadEngine(process.env)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
