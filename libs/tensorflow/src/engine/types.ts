import { DTYPE, type DType } from './binding.ts'

const NAMES = new Map<number, DType>()
for (const name of ['float32', 'float64', 'int32', 'uint8', 'int8', 'int64', 'uint64'] as const) NAMES.set(DTYPE[name], name)

export function nameOf({ dtype }: { dtype: number }): DType {
  const name = NAMES.get(dtype)
  if (!name) throw new TypeError(`TensorFlow's type ${dtype} is none of ours`)
  return name
}

/** For the many ops that have one type: as their first operand is. */
export const typeOf = (x: { dtype: number }): { T: { type: DType } } => ({ T: { type: nameOf(x) } })
