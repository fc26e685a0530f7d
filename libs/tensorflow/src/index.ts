export { rowBitSums } from './bit-sums.ts'
export { DTYPE, type DType, type Tensor } from './binding.ts'
export { EngineUnavailableError, loadEngine, type LoadedEngine } from './engine.ts'
export {
  add,
  addBias,
  addScalar,
  castLike,
  filled,
  halfSquaredNorm,
  matMul,
  mean,
  multiply,
  relu,
  reluGradient,
  reshape,
  rsqrt,
  scalarLike,
  scale,
  softmaxCrossEntropy,
  square,
  subtract,
  sum,
  sumRows,
  toDouble,
  toFloat,
  topK,
  transpose,
} from './ops.ts'
export { gatherColumns, gatherPixels, gatherRows, pixelColumns, scatterRows, sliceRows, stackRows } from './rows.ts'
export { type PhiloxStart, randomNormal, randomUniform, randomWords } from './stateless-random.ts'
export type { Runtime } from './runtime.ts'
export { loadTfjs } from './tfjs.ts'
export { createVariable, type Variable } from './variable.ts'
