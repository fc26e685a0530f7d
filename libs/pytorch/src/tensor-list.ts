import { z } from 'zod'
import { ExpectedError, type Tensor, TensorType } from '@trainyard/contracts'

export const TENSOR_ITEM_BYTES: Record<TensorType, number> = { F32: 4, F64: 8, F16: 2, BF16: 2, I64: 8 }

/** An array of a safetensors file. */
export interface StoredTensor extends Tensor {
  /** Where its values begin in the file. */
  first: number
  bytes: number
}

/** A file of weights that nothing can be begun with. */
export class WeightsUnusableError extends ExpectedError {
  constructor(message: string, options?: ErrorOptions) {
    super('WEIGHTS_UNUSABLE', message, options)
  }
}

/** A file to read chunks of, on disk or in memory. */
export interface ChunkedFile {
  bytes: number
  read(piece: { first: number; bytes: number }): Promise<Uint8Array>
}

const LENGTH_BYTES = 8
/** The 64 hidden layers that a network may have need a tenth of it. */
const HEADER_LIMIT_BYTES = 2 ** 20
const Header = z.record(z.string(), z.unknown())
const Entry = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().min(0)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
})

/**
 * The arrays in the header of a safetensors file, in the order of their values; the header must match the file.
 * https://huggingface.co/docs/safetensors/index#format
 */
export async function readTensorList(file: ChunkedFile): Promise<StoredTensor[]> {
  if (file.bytes < LENGTH_BYTES) throw notSafetensors(`it has ${file.bytes} bytes`)
  const length = lengthOf(await file.read({ first: 0, bytes: LENGTH_BYTES }), file.bytes)
  const { __metadata__: _metadata, ...entries } = parseHeader(await file.read({ first: LENGTH_BYTES, bytes: length }))
  const start = LENGTH_BYTES + length
  const tensors = Object.entries(entries).map(([name, entry]) => tensorOf(name, { entry, start }))
  return inOneRow(tensors, { start, end: file.bytes })
}

function lengthOf(bytes: Uint8Array, fileBytes: number): number {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (length > fileBytes - LENGTH_BYTES) throw notSafetensors(`its header would have ${length} bytes, and the whole file has ${fileBytes}`)
  if (length > HEADER_LIMIT_BYTES) throw notSafetensors(`its header has ${length} bytes, and at most ${HEADER_LIMIT_BYTES} are read`)
  return length
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    return Header.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch (cause) {
    throw notSafetensors('its header is not a JSON object', { cause })
  }
}

function tensorOf(name: string, { entry, start }: { entry: unknown; start: number }): StoredTensor {
  const parsed = Entry.safeParse(entry)
  if (!parsed.success) throw notSafetensors(`its header says of ${quoted(name)} neither dtype, shape nor data_offsets as it should`)
  const { shape, data_offsets: offsets } = parsed.data
  const dtype = TensorType.safeParse(parsed.data.dtype)
  if (!dtype.success)
    throw new WeightsUnusableError(`${quoted(name)} is of ${quoted(parsed.data.dtype)}; weights are read from F32, F64, F16 and BF16`)
  const [from, to] = offsets
  const bytes = shape.reduce((product, size) => product * size, TENSOR_ITEM_BYTES[dtype.data])
  if (to - from !== bytes)
    throw notSafetensors(`its header gives ${quoted(name)} of shape [${shape.join(', ')}] ${to - from} bytes in place of ${bytes}`)
  return { name, dtype: dtype.data, shape, first: start + from, bytes }
}

/** One behind the other, from the header to the end of the file: nothing overlaps, and nothing lies hidden between them. */
function inOneRow(tensors: StoredTensor[], { start, end }: { start: number; end: number }): StoredTensor[] {
  const sorted = tensors.toSorted((a, b) => a.first - b.first || a.bytes - b.bytes)
  let next = start
  for (const { name, first, bytes } of sorted) {
    if (first !== next)
      throw notSafetensors(`the values of ${quoted(name)} begin at byte ${first - start} of the data in place of ${next - start}`)
    next += bytes
  }
  if (next > end) throw notSafetensors(`it is cut off: its header lists ${next} bytes, and it has ${end}`)
  if (next < end) throw notSafetensors(`behind its values are ${end - next} bytes more`)
  return sorted
}

/** Names come from strangers and stand in messages. */
const quoted = (text: string): string => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)

function notSafetensors(reason: string, options?: ErrorOptions): WeightsUnusableError {
  const advice = "write it with save_file(model.state_dict(), 'weights.safetensors') of safetensors.torch"
  return new WeightsUnusableError(`This is no whole safetensors file: ${reason}; ${advice}`, options)
}
