import { relu, reluGradient, type Runtime, type Tensor } from '@trainyard/tensorflow'
import type { Layer } from './layer.ts'

/** max(x, 0), elementwise: (n, units) → (n, units). */
export function reluForward(tf: Runtime, x: Tensor): Tensor {
  return relu(tf, x)
}

/** The gradient passes where the output is above zero; at zero it is zero, as in PyTorch. */
export function reluBackward(tf: Runtime, gradient: Tensor, { output }: { output: Tensor }): Tensor {
  return reluGradient(tf, [gradient, output])
}

export function reluLayer(tf: Runtime): Layer {
  return {
    parameters: [],
    buffers: [],
    forward: (x) => {
      const output = reluForward(tf, x)
      return { output, backward: (gradient) => ({ input: reluBackward(tf, gradient, { output }), gradients: [] }) }
    },
  }
}
