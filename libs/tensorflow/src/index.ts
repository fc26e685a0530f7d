export { rowBitSums } from './ops/bit-sums.ts'
export { DTYPE, type DType, type Tensor } from './engine/binding.ts'
export { longs, scalarLike, wholeNumbers } from './ops/constants.ts'
export { softmaxCrossEntropy } from './ops/cross-entropy.ts'
export { EngineUnavailableError, loadEngine, type LoadedEngine } from './engine.ts'
export {
  add,
  addBias,
  addScalar,
  argMax,
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
  scale,
  square,
  subtract,
  sum,
  sumRows,
  toDouble,
  toFloat,
  topK,
  transpose,
} from './ops/ops.ts'
export { readMany } from './ops/read-many.ts'
export { gatherColumns, gatherPixels, gatherRows, pixelColumns, scatterRows, sliceRows, stackRows } from './ops/rows.ts'
export { type PhiloxStart, randomNormal, randomUniform, randomWords } from './ops/stateless-random.ts'
export type { Runtime } from './runtime.ts'
export { loadTfjs } from './tfjs.ts'
export { createVariable, type Variable } from './ops/variable.ts'
