import { type Runtime, scale, softmaxCrossEntropy, type Tensor } from '@trainyard/tensorflow'
import { type NumberArray, sumOf } from './parameter.ts'

export interface CrossEntropy {
  /** (n): each image's −log softmax(logits)[label] */
  losses: Tensor
  /** (n, classes): ∂(mean loss)/∂logits = (softmax(logits) − onehot(label)) / n */
  gradient: Tensor
}

/** Cross-entropy averaged over the batch. https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html */
export function crossEntropy(tf: Runtime, logits: Tensor, labels: Tensor): CrossEntropy {
  const { losses, gradient } = softmaxCrossEntropy(tf, [logits, labels])
  return { losses, gradient: scale(tf, gradient, 1 / (logits.shape[0] ?? 1)) }
}

/** Plain mean in double precision; of float32 losses rounded to float32, as PyTorch's is. */
export function meanLoss(losses: NumberArray): number {
  const mean = sumOf(losses) / losses.length
  return losses instanceof Float32Array ? Math.fround(mean) : mean
}
