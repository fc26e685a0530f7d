/** TensorFlow's numbers for its types (tensorflow/core/framework/types.proto) and attribute kinds (c/tf_attrtype.h). */
export const DTYPE = { float32: 1, float64: 2, int32: 3, uint8: 4, int8: 6, int64: 9, uint64: 23 } as const
export type DType = keyof typeof DTYPE

export interface OpAttribute {
  name: string
  type: number
  value: boolean | number | string | readonly number[]
}

/** A tensor in TensorFlow's memory. Its creator disposes of it, or creates it inside a scope. */
export interface Tensor {
  readonly id: number
  readonly shape: readonly number[]
  /** One of DTYPE's numbers. */
  readonly dtype: number
}

/** What we use of @tensorflow/tfjs-node-gpu's native binding. */
export interface TensorFlowBinding {
  createTensor(shape: readonly number[], dtype: number, values: Float32Array | Int32Array | Uint8Array): number
  deleteTensor(id: number): void
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array
  executeOp(name: string, attributes: readonly OpAttribute[], inputIds: readonly number[], outputs: number): Tensor[]
  isUsingGpuDevice(): boolean
  TF_Version: string
  TF_ATTR_STRING: number
  TF_ATTR_INT: number
  TF_ATTR_FLOAT: number
  TF_ATTR_BOOL: number
  TF_ATTR_TYPE: number
  TF_ATTR_SHAPE: number
}
