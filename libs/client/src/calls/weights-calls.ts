import { UploadedWeights } from '@trainyard/contracts'
import type { CallOptions, Http } from '../http.ts'

/** Weights of PyTorch models, for experiments to start from. */
export interface WeightsCalls {
  /** Sends a safetensors file, as it is read: a browser's File, or in Node what `openAsBlob` of node:fs opens. The answer's id is an experiment's `initialWeights`. */
  upload(file: Blob, options?: CallOptions): Promise<UploadedWeights>
}

export const weightsCalls = (http: Http): WeightsCalls => ({
  upload: (file, options) =>
    http.json(UploadedWeights, {
      path: '/api/v1/weights',
      method: 'POST',
      bytes: file,
      headers: { 'content-type': 'application/octet-stream' },
      endless: true,
      idempotent: true,
      ...options,
    }),
})
