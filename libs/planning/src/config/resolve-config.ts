import { DEFAULT_GROUP_SIZE, type ExperimentConfig, type ExperimentRequest, type TrainingSpeed } from '@trainyard/contracts'
import { planFirstLayer } from '../cost/first-layer-cost.ts'

/** `speed`: of the machine that will run it, where it is known; only `firstLayer: auto` asks for it. */
export function resolveConfig(request: ExperimentRequest, speed: TrainingSpeed | null = null): ExperimentConfig {
  const { depth = 3, width = 512, initialWeights = null, timeLimitSeconds = null, name: _name, tags: _tags, ...rest } = request
  const { notes: _notes, priority: _priority, pool: _pool, firstLayer, ...fields } = rest
  const layerSizes = request.layerSizes ?? Array.from({ length: depth }, () => width)
  const uniform = layerSizes.every((size) => size === layerSizes[0])
  return {
    ...fields,
    ...resolveNorm(request, layerSizes.length),
    layerSizes,
    depth: layerSizes.length,
    width: uniform ? (layerSizes[0] ?? null) : null,
    initialWeights,
    timeLimitSeconds,
    firstLayer: firstLayer === 'auto' ? planFirstLayer({ ...fields, layerSizes }, speed).choice : firstLayer,
  }
}

/** Fields of the norm that have no effect are null. */
function resolveNorm({ norm, normPosition = 'before', normAffine, groupSize = DEFAULT_GROUP_SIZE }: ExperimentRequest, depth: number) {
  if (norm === 'none' || depth === 0) return { normPosition: null, normAffine: null, groupSize: null }
  return {
    normPosition,
    normAffine: normAffine ?? normPosition === 'before',
    groupSize: norm === 'group' ? groupSize : null,
  }
}
