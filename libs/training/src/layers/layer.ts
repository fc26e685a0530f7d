import type { Tensor, Variable } from '@trainyard/tensorflow'

export interface TrainableParameter {
  name: string
  value: Variable
  velocity: Variable
}

/** What a layer keeps beside its parameters: batch norm's running averages. Never trained by gradients. */
export interface NetworkBuffer {
  name: string
  value: Variable
}

/** One batch on its way through one layer. */
export interface Pass {
  output: Tensor
  /** From ∂loss/∂output: ∂loss/∂input (null where it was not requested), and the parameters' gradients in the layer's order. */
  backward(gradient: Tensor): { input: Tensor | null; gradients: Tensor[] }
}

/** `training`: batch norm normalises by the batch itself and updates its running averages; else it uses those. */
export interface PassMode {
  training: boolean
}

/** A module of torch.nn.Sequential. */
export interface Layer {
  parameters: readonly TrainableParameter[]
  buffers: readonly NetworkBuffer[]
  forward(x: Tensor, mode: PassMode): Pass
}
