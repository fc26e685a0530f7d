import { Epoch } from '@trainyard/contracts'

export type EpochResult = Omit<Epoch, 'at' | 'attempt'>

/** An epoch as Redis holds it and as it goes out live. What a rerun must repeat comes before `seconds`: epoch.lua compares it as text, and adds `at`. */
export function epochJson(result: Omit<Epoch, 'at'> & { at?: string }): string {
  const { epoch, loss, accuracy, evalSplit, evalLoss, evalAccuracy, evalTop5Accuracy, weightsHash, seconds, attempt, at } = result
  return JSON.stringify({
    epoch,
    loss,
    accuracy,
    evalSplit,
    evalLoss,
    evalAccuracy,
    evalTop5Accuracy,
    weightsHash,
    seconds,
    attempt,
    at,
  })
}

export const epochFrom = (json: string): Epoch => Epoch.parse(JSON.parse(json))
