import type { EpochLayers } from '@trainyard/contracts'

/** A hidden layer and the output layer, after an epoch. */
export function testLayers(epoch: number, outputNorm = 3.25): EpochLayers {
  const numbers = { mean: 0.5, std: 1.5, preMean: -0.25, preStd: 2, gradientNorm: 0.125, weightNorm: 10, updateRatio: 1e-3 }
  return {
    epoch,
    layers: [
      { layer: 1, kind: 'hidden', outputNorm, deadShare: 0.0625, ...numbers },
      { layer: 2, kind: 'output', outputNorm: 'NaN', deadShare: null, ...numbers },
    ],
  }
}
