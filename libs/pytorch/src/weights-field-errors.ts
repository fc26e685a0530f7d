import type { ExperimentConfig, UploadedWeights, WeightsNetwork } from '@trainyard/contracts'
import { summarize, mismatches } from './weights-network.ts'

interface FieldError {
  field: string
  message: string
}

/** Every field of a config that the weights do not fit, with what would. */
export function weightsFieldErrors(
  config: ExperimentConfig,
  { network, tensors }: Pick<UploadedWeights, 'network' | 'tensors'>,
): FieldError[] {
  const norm = config.layerSizes.length === 0 ? 'none' : config.norm
  const faults: FieldError[] = []
  const compare = (field: 'imageSize' | 'layerSizes' | 'normPosition' | 'normAffine' | 'bias'): void => {
    const [given, wanted] = [JSON.stringify(config[field]), JSON.stringify(network[field])]
    if (given !== wanted) faults.push({ field, message: `is ${given}, and the initial weights are of a network with ${wanted}` })
  }
  compare('imageSize')
  compare('layerSizes')
  compare('bias')
  if (network.norm === null ? norm !== 'layer' && norm !== 'group' : norm !== network.norm)
    faults.push({ field: 'norm', message: `is ${norm}, and the initial weights are of a network with ${describeNorm(network)}` })
  else if (norm !== 'none') {
    if (network.normPosition !== null) compare('normPosition')
    compare('normAffine')
  }
  if (faults.length > 0)
    faults.push({ field: 'initialWeights', message: `do not fit: ${summarize(mismatches({ ...config, norm }, tensors))}` })
  return faults
}

const describeNorm = ({ norm }: WeightsNetwork): string =>
  norm ?? 'layer or group norm, which no weights tell apart: say which of the two it is'
