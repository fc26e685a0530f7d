import { createHash } from 'node:crypto'
import { readMany, rowBitSums, type Runtime, type Variable } from '@trainyard/tensorflow'

/** Arrays of more numbers are not read back. */
const MAX_READ_ELEMENTS = 2 ** 14
const HASH_LENGTH = 16

/** Hashes of a network's weights, 16 hexadecimal digits each. */
export interface WeightsHashes {
  /** Over the layers' hashes. */
  weightsHash: string
  /** Of each layer, first to last. */
  layerHashes: string[]
}

/**
 * Hashes each layer's arrays: small ones as they are, of larger ones the sums of every row's bits, made on the device. The same weights have the same
 * hashes; of others, a bit that flipped anywhere changes them, and so does any difference of rounding, but for a chance of 2⁻³² in each row that differs.
 * What is exchanged within a row does not: nothing that trains does that alone.
 */
export function hashWeights(tf: Runtime, layers: readonly (readonly { name: string; value: Variable }[])[]): WeightsHashes {
  const contents = contentsOf(
    tf,
    layers.flatMap((arrays) => arrays.map(({ value }) => value)),
  ).values()
  const layerHashes = layers.map((arrays) => {
    const hash = createHash('sha256')
    for (const { name, value } of arrays) hash.update(`${name} ${value.shape.join(' ')}\n`).update(contents.next().value ?? '')
    return hash.digest('hex').slice(0, HASH_LENGTH)
  })
  const weightsHash = createHash('sha256').update(layerHashes.join('')).digest('hex').slice(0, HASH_LENGTH)
  return { weightsHash, layerHashes }
}

/** What of each array is hashed. */
function contentsOf(tf: Runtime, variables: readonly Variable[]): Uint8Array[] {
  const numbers = tf.scope(() =>
    readMany(
      tf,
      variables.map((variable) => (isSmall(variable) ? variable.read() : rowBitSums(tf, variable.read()))),
    ),
  )
  return variables.map((variable, i) => {
    const values = numbers[i] ?? new Float64Array()
    const { buffer, byteOffset, byteLength } = isSmall(variable) ? values : Int32Array.from(values) // modulo 2³²
    return new Uint8Array(buffer, byteOffset, byteLength)
  })
}

const isSmall = ({ shape }: Variable): boolean =>
  shape.length < 2 || shape.reduce((product, size) => product * size, 1) <= MAX_READ_ELEMENTS
