import { type Runtime, sliceRows, type Tensor, type Variable } from '@trainyard/tensorflow'
import type { TrainableParameter } from './network.ts'
import type { LiveState, Parameter } from './parameter.ts'

const PIECE_NUMBERS = 2 ** 21

export function liveState(tf: Runtime, { epoch, parameters }: { epoch: number; parameters: readonly TrainableParameter[] }): LiveState {
  const entries = parameters.map(({ name, value }) => ({ name, shape: value.shape }))
  const variables = [...parameters.map(({ value }) => value), ...parameters.map(({ velocity }) => velocity)]
  const whole = (name: string, variable: Variable): Parameter => {
    const values = readOnce(tf, variable, (tensor) => tf.readFloats(tensor))
    return { name, shape: variable.shape, values }
  }
  return {
    epoch,
    entries,
    *pieces() {
      for (const variable of variables) yield* piecesOf(tf, variable)
    },
    read: () => ({
      epoch,
      parameters: parameters.map(({ name, value }) => whole(name, value)),
      momenta: parameters.map(({ name, velocity }) => whole(name, velocity)),
    }),
  }
}

function* piecesOf(tf: Runtime, variable: Variable): Generator<Float32Array> {
  const [rows = 0, ...rest] = variable.shape
  const rowLength = rest.reduce((product, size) => product * size, 1)
  const rowsAtOnce = Math.max(1, Math.floor(PIECE_NUMBERS / rowLength))
  for (let first = 0; first < rows; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - first)
    yield readOnce(tf, variable, (tensor) => tf.readFloats(sliceRows(tf, tensor, { first, count })))
  }
}

function readOnce(tf: Runtime, variable: Variable, read: (tensor: Tensor) => Float32Array): Float32Array {
  const found: Float32Array[] = []
  tf.scope(() => void found.push(read(variable.read())))
  return found[0] ?? new Float32Array(0)
}
