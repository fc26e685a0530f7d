import { z } from 'zod'
import { NormPosition, NormType, WeightsId } from './experiment-config.ts'

/** The names that safetensors gives them; I64 is how PyTorch counts the batches of a batch norm. */
export const TensorType = z.enum(['F32', 'F64', 'F16', 'BF16', 'I64'])
export type TensorType = z.infer<typeof TensorType>

export const Tensor = z.object({ name: z.string(), dtype: TensorType, shape: z.array(z.int()) })
export type Tensor = z.infer<typeof Tensor>

/** The network that a file's tensors belong to, as far as their names and shapes show it. */
export const WeightsNetwork = z.object({
  imageSize: z.int(),
  layerSizes: z.array(z.int()),
  norm: NormType.nullable().describe('null: layer or group, which have the same tensors; the request must name one'),
  normPosition: NormPosition.nullable().describe(
    'null: there is no norm, or one without scale and shift, whose position the tensors do not show',
  ),
  normAffine: z.boolean().nullable().describe('null: there is no norm'),
  bias: z.boolean(),
})
export type WeightsNetwork = z.infer<typeof WeightsNetwork>

/** What POST /weights answers. */
export const UploadedWeights = z
  .object({
    id: WeightsId.describe("the SHA-256 of the file: an experiment's initialWeights"),
    bytes: z.int(),
    tensors: z.array(Tensor),
    network: WeightsNetwork.describe('the network that an experiment with these weights must have'),
  })
  .meta({ id: 'UploadedWeights' })
export type UploadedWeights = z.infer<typeof UploadedWeights>
