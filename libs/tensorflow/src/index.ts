export { DTYPE, type DType, type Tensor } from './binding.ts'
export { EngineUnavailableError, loadEngine, type LoadedEngine } from './engine.ts'
export {
  addBias,
  filled,
  gatherPixels,
  matMul,
  relu,
  reluGradient,
  scale,
  sliceRows,
  softmaxCrossEntropy,
  sumRows,
  topK,
  transpose,
} from './ops.ts'
export { type PhiloxStart, randomUniform, randomWords } from './random-uniform.ts'
export type { Runtime } from './runtime.ts'
export { loadTfjs } from './tfjs.ts'
export { createVariable, type Variable } from './variable.ts'
