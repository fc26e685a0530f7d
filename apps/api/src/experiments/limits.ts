import { type ExperimentConfig, SPLIT_COUNTS } from '@trainyard/contracts'
import { type FieldError, UnprocessableConfigError } from '../http/request-errors.ts'

/** The operator's limits of a single experiment, whatever workers can hold. */
export interface OperatorLimits {
  parameters: number
  /** Pixels of the train split and of the evaluated split. */
  datasetBytes: number
  /** Size of an uploaded file of weights. */
  weightsBytes: number
}

/** Throws UnprocessableConfigError, which names the fields. */
export function checkLimits(
  { dataset, imageSize, evaluate }: ExperimentConfig,
  { parameters, limits }: { parameters: number; limits: OperatorLimits },
): void {
  const counts = SPLIT_COUNTS[dataset]
  const images = counts.train + (evaluate === 'none' ? 0 : counts[evaluate])
  const datasetBytes = images * imageSize ** 2 * 3
  const fieldErrors: FieldError[] = []
  if (parameters > limits.parameters) {
    const detail = `makes a network of ${parameters} parameters, and this service allows ${limits.parameters}; lower it`
    for (const field of ['width', 'depth', 'imageSize']) fieldErrors.push({ pointer: `/${field}`, detail })
  }
  if (datasetBytes > limits.datasetBytes) {
    const detail = `makes ${datasetBytes} bytes of ${images} images, and this service allows ${limits.datasetBytes}; lower it`
    fieldErrors.push({ pointer: '/imageSize', detail })
  }
  if (fieldErrors.length > 0) throw new UnprocessableConfigError(fieldErrors)
}
