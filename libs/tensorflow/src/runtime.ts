import { DTYPE, type DType, type OpAttribute, type Tensor, type TensorFlowBinding } from './engine/binding.ts'

type AttributeValue = { type: DType } | { bool: boolean } | { int: number } | { shape: readonly number[] } | { string: string }

/** What a scope may return: no function or promise, which could hide tensors that the scope disposes of. */
type ScopeResult<T> = T extends ArrayBufferView
  ? T
  : T extends (...args: never) => unknown
    ? never
    : T extends object
      ? { [K in keyof T]: ScopeResult<T[K]> }
      : T

/** Runs TensorFlow's ops by name and knows which tensors are alive. */
export interface Runtime {
  /** Runs an op with one output. */
  run(name: string, inputs: readonly Tensor[], attributes?: Record<string, AttributeValue>): Tensor
  /** Runs an op with any number of outputs. */
  runMany(name: string, inputs: readonly Tensor[], options: { attributes: Record<string, AttributeValue>; outputs: number }): Tensor[]
  /** A tensor of `values`; on a CPU it may share their memory, so they must not change while it lives. int64 takes pairs of words, low first. */
  tensor(values: Float32Array | Int32Array | Uint8Array, options: { shape: readonly number[]; dtype: Exclude<DType, 'float64'> }): Tensor
  /** A float64 tensor of `values`, under the same condition. */
  doubles(values: Float64Array, shape: readonly number[]): Tensor
  /** Reads a float32 tensor back; waits for the device. */
  readFloats(tensor: Tensor): Float32Array
  /** Reads a float64 tensor back; waits for the device. */
  readDoubles(tensor: Tensor): Float64Array
  /** Reads either back. */
  readNumbers(tensor: Tensor): Float32Array | Float64Array
  /** Reads an int32 tensor back; waits for the device. */
  readInts(tensor: Tensor): Int32Array
  /** null is nothing to dispose of. */
  dispose(...tensors: readonly (Tensor | null | undefined | readonly Tensor[])[]): void
  /** Takes a tensor out of the scopes that it was made in: it lives until it is disposed of. */
  keep(tensor: Tensor): Tensor
  /** Runs `work` and disposes of every tensor that it made, but for those in what it returns: a tensor, or arrays and objects of them. Must not await. */
  scope<T>(work: () => T & ScopeResult<T>): T
  /**
   * What never changes, made once and found by its key from then on; belongs to no scope and counts as no live tensor. On a GPU every upload waits until
   * the device has done all that is queued, so no step uploads what an earlier one did.
   */
  constant(key: string, make: () => Tensor): Tensor
  /** How many tensors are alive: constant over epochs, or something leaks. */
  liveTensors(): number
  /** TensorFlow puts every op on the GPU for which it has a kernel there, and all others on the host. */
  readonly onGpu: boolean
}

/** The binding neither makes nor reads doubles, but int32: each double is two of them. */
const WORDS = 2
const wordsOf = ({ buffer, byteOffset, length }: Float64Array): Int32Array => new Int32Array(buffer, byteOffset, WORDS * length)

/** The least recently used constant leaves beyond them: far more than one step has. */
const CONSTANTS_KEPT = 1024

export function createRuntime(binding: TensorFlowBinding): Runtime {
  const alive = new Set<number>()
  const scopes: number[][] = []
  const constants = new Map<string, Tensor>()

  const track = (tensor: Tensor): Tensor => {
    alive.add(tensor.id)
    scopes.at(-1)?.push(tensor.id)
    return tensor
  }
  const disposeId = (id: number): void => {
    if (alive.delete(id)) binding.deleteTensor(id)
  }
  const toAttribute = (name: string, value: AttributeValue): OpAttribute => {
    if ('type' in value) return { name, type: binding.TF_ATTR_TYPE, value: DTYPE[value.type] }
    if ('bool' in value) return { name, type: binding.TF_ATTR_BOOL, value: value.bool }
    if ('int' in value) return { name, type: binding.TF_ATTR_INT, value: value.int }
    if ('shape' in value) return { name, type: binding.TF_ATTR_SHAPE, value: value.shape }
    return { name, type: binding.TF_ATTR_STRING, value: value.string }
  }
  const runMany: Runtime['runMany'] = (name, inputs, { attributes, outputs }) =>
    binding
      .executeOp(
        name,
        Object.entries(attributes).map(([key, value]) => toAttribute(key, value)),
        inputs.map(({ id }) => id),
        outputs,
      )
      .map(track)

  const run: Runtime['run'] = (name, inputs, attributes = {}) => {
    const [output] = runMany(name, inputs, { attributes, outputs: 1 })
    if (!output) throw new Error(`TensorFlow's ${name} gave no output`)
    return output
  }
  const readFloats: Runtime['readFloats'] = ({ id }) => {
    const values = binding.tensorDataSync(id)
    if (!(values instanceof Float32Array)) throw new TypeError('Only float32 tensors can be read as floats')
    return values
  }
  const readDoubles: Runtime['readDoubles'] = (tensorOfDoubles) => {
    if (tensorOfDoubles.dtype !== DTYPE.float64) throw new TypeError('Only float64 tensors can be read as doubles')
    const words = run('Bitcast', [tensorOfDoubles], { T: { type: 'float64' }, type: { type: 'int32' } })
    const { buffer, byteOffset, length } = binding.tensorDataSync(words.id)
    disposeId(words.id)
    return new Float64Array(buffer, byteOffset, length / WORDS)
  }
  const create: Runtime['tensor'] = (values, { shape, dtype }) =>
    track({ id: binding.createTensor(shape, DTYPE[dtype], values), shape, dtype: DTYPE[dtype] })

  const keep: Runtime['keep'] = (tensor) => {
    for (const made of scopes) {
      const at = made.indexOf(tensor.id)
      if (at >= 0) made.splice(at, 1)
    }
    return tensor
  }
  const constant: Runtime['constant'] = (key, make) => {
    const known = constants.get(key)
    constants.delete(key)
    const held = known ?? keep(make())
    constants.set(key, held) // as the one that was used last
    alive.delete(held.id)
    const [oldest] = constants
    if (oldest && constants.size > CONSTANTS_KEPT) {
      constants.delete(oldest[0])
      binding.deleteTensor(oldest[1].id)
    }
    return held
  }

  return {
    onGpu: binding.isUsingGpuDevice(),
    runMany,
    run,
    tensor: create,
    doubles: (values, shape) => {
      const words = create(wordsOf(values), { shape: [...shape, WORDS], dtype: 'int32' })
      const cast = run('Bitcast', [words], { T: { type: 'int32' }, type: { type: 'float64' } })
      disposeId(words.id)
      return cast
    },
    readFloats,
    readDoubles,
    readNumbers: (tensor) => (tensor.dtype === DTYPE.float64 ? readDoubles(tensor) : readFloats(tensor)),
    readInts: ({ id }) => {
      const values = binding.tensorDataSync(id)
      if (!(values instanceof Int32Array)) throw new TypeError('Only int32 tensors can be read as integers')
      return values
    },
    dispose: (...tensors) => {
      for (const tensor of tensors.flat()) if (tensor) disposeId(tensor.id)
    },
    scope: (work) => {
      const made: number[] = []
      scopes.push(made)
      const kept = new Set<number>()
      try {
        const result = work()
        collectTensors(result, kept)
        return result
      } finally {
        scopes.pop()
        const outer = scopes.at(-1)
        for (const id of made)
          if (kept.has(id)) outer?.push(id)
          else disposeId(id)
      }
    },
    keep,
    constant,
    liveTensors: () => alive.size,
  }
}

function collectTensors(result: unknown, ids: Set<number>): void {
  if (typeof result !== 'object' || result === null || ArrayBuffer.isView(result)) return
  if ('dtype' in result && 'id' in result && typeof result.id === 'number') ids.add(result.id)
  else for (const part of Object.values(result)) collectTensors(part, ids)
}
