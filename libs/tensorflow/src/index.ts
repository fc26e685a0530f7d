export { rowBitSums } from './bit-sums.ts'
export { DTYPE, type DType, type Tensor } from './binding.ts'
export { longs, scalarLike, wholeNumbers } from './constants.ts'
export { softmaxCrossEntropy } from './cross-entropy.ts'
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
} from './ops.ts'
export { readTogether } from './read-together.ts'
export { gatherColumns, gatherPixels, gatherRows, pixelColumns, scatterRows, sliceRows, stackRows } from './rows.ts'
export { type PhiloxStart, randomNormal, randomUniform, randomWords } from './stateless-random.ts'
export type { Runtime } from './runtime.ts'
export { loadTfjs } from './tfjs.ts'
export { createVariable, type Variable } from './variable.ts'
