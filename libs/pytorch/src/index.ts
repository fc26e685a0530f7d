/** PyTorch's side of a network: names and shapes of its tensors, its module's source, and the safetensors files in between. */
export { pytorchModule } from './pytorch-module.ts'
export { encodeSafetensors, type SafeTensor } from './safetensors.ts'
export { isBatchCount, moduleNames, stateDict } from './state-dict.ts'
export { readTensorList, type StoredTensor, TENSOR_ITEM_BYTES, WeightsUnusableError } from './tensor-list.ts'
export { weightsFieldErrors } from './weights-field-errors.ts'
export { weightsNetwork, describeNetwork } from './weights-network.ts'
