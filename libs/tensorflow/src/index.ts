export { DTYPE, type DType, type Tensor } from './binding.ts'
export { EngineUnavailableError, loadEngine, type LoadedEngine } from './engine.ts'
export {
  add,
  addBias,
  addScalar,
  filled,
  gatherPixels,
  halfSquaredNorm,
  matMul,
  mean,
  multiply,
  relu,
  reluGradient,
  reshape,
  rsqrt,
  scale,
  sliceRows,
  softmaxCrossEntropy,
  square,
  subtract,
  sumRows,
  toDouble,
  toFloat,
  topK,
  transpose,
} from './ops.ts'
export { type PhiloxStart, randomNormal, randomUniform, randomWords } from './stateless-random.ts'
export type { Runtime } from './runtime.ts'
export { loadTfjs } from './tfjs.ts'
export { createVariable, type Variable } from './variable.ts'
