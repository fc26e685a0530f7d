import type { Epoch } from '@trainyard/contracts'

/** An epoch's result, without what the store adds: when it was written, and by which attempt. */
export function testEpoch(epoch: number, fields: Partial<Epoch> = {}): Omit<Epoch, 'at' | 'attempt'> {
  return {
    epoch,
    loss: 4.625 - epoch / 100,
    accuracy: 0.01,
    seconds: 0.5,
    evalSplit: 'val',
    evalLoss: 4.7,
    evalAccuracy: 0.02,
    evalTop5Accuracy: 0.1,
    weightsHash: '0123456789abcdef',
    ...fields,
  }
}
