import { DTYPE, type Runtime, sliceRows, type Tensor, type Variable } from '@trainyard/tensorflow'
import type { NetworkBuffer, TrainableParameter } from '../layers/layer.ts'
import type { TrainingState, ModelSnapshot, NumberArray, ParameterEntry, SavedArray } from '../layers/parameter.ts'

const CHUNK_NUMBERS = 2 ** 21

interface NamedVariable {
  name: string
  value: Variable
}

export function trainingState(
  tf: Runtime,
  { epoch, parameters, buffers }: { epoch: number; parameters: readonly TrainableParameter[]; buffers: readonly NetworkBuffer[] },
): TrainingState {
  const momenta = parameters.map(({ name, velocity }) => ({ name, value: velocity }))
  const read = (all: readonly NamedVariable[]): SavedArray[] =>
    all.map(({ name, value }) => ({ name, shape: value.shape, values: readOnce(tf, value, (tensor) => tf.readNumbers(tensor)) }))
  return {
    epoch,
    parameters: entriesOf(parameters),
    buffers: entriesOf(buffers),
    *chunks() {
      for (const { value } of [...parameters, ...momenta, ...buffers])
        for (const rows of chunkRows(value.shape)) yield readOnce(tf, value, (tensor) => tf.readNumbers(sliceRows(tf, tensor, rows)))
    },
    read: () => ({ epoch, parameters: read(parameters), momenta: read(momenta), buffers: read(buffers) }),
    snapshot: () => modelSnapshot(tf, { epoch, parameters, buffers }),
  }
}

/** Holds on to the variables' values: TensorFlow copies a variable that is held when it is next updated, and only then. */
function modelSnapshot(
  tf: Runtime,
  { epoch, parameters, buffers }: { epoch: number; parameters: readonly NamedVariable[]; buffers: readonly NamedVariable[] },
): ModelSnapshot {
  const held = [...parameters, ...buffers].map(({ name, value }) => ({ name, tensor: tf.keep(value.read()) }))
  const whole = ({ name, tensor }: (typeof held)[number]): SavedArray => ({ name, shape: tensor.shape, values: tf.readNumbers(tensor) })
  return {
    epoch,
    parameters: entriesOf(parameters),
    buffers: entriesOf(buffers),
    *chunks() {
      for (const { tensor } of held)
        for (const rows of chunkRows(tensor.shape)) {
          yield tf.scope(() => tf.readNumbers(sliceRows(tf, tensor, rows)))
        }
    },
    read: () => ({
      epoch,
      parameters: held.slice(0, parameters.length).map(whole),
      buffers: held.slice(parameters.length).map(whole),
    }),
    dispose: () => tf.dispose(...held.map(({ tensor }) => tensor)),
  }
}

const entriesOf = (all: readonly NamedVariable[]): ParameterEntry[] =>
  all.map(({ name, value }) => ({ name, shape: value.shape, type: value.dtype === DTYPE.float64 ? 'float64' : 'float32' }))

/** An array's rows in chunks that hold about `CHUNK_NUMBERS` numbers. */
function* chunkRows([rows = 0, ...rest]: readonly number[]): Generator<{ first: number; count: number }> {
  const rowLength = rest.reduce((product, size) => product * size, 1)
  const rowsAtOnce = Math.max(1, Math.floor(CHUNK_NUMBERS / rowLength))
  for (let first = 0; first < rows; first += rowsAtOnce) yield { first, count: Math.min(rowsAtOnce, rows - first) }
}

function readOnce(tf: Runtime, variable: Variable, read: (tensor: Tensor) => NumberArray): NumberArray {
  return tf.scope(() => read(variable.read()))
}
