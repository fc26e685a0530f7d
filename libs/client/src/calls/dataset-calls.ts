import { Dataset, DatasetList, SampleList, type SamplesQuery } from '@trainyard/contracts'
import { type CallOptions, type Http, queryOf } from '../http.ts'

type SamplesOptions = Partial<SamplesQuery> & CallOptions

/** The images that experiments train on. */
export interface DatasetCalls {
  list(options?: CallOptions): Promise<DatasetList>
  get(name: string, options?: CallOptions): Promise<Dataset>
  /** Some of the images as one picture, a PNG's bytes. */
  samples(name: string, options?: SamplesOptions): Promise<Uint8Array<ArrayBuffer>>
  /** The labels of the image that `samples` returns for the same query. */
  sampleList(name: string, options?: SamplesOptions): Promise<SampleList>
}

const DATASETS = '/api/v1/datasets'
const DRAWN_SECONDS = 30

export function datasetCalls(http: Http): DatasetCalls {
  const pathOf = (name: string, part = ''): string => `${DATASETS}/${encodeURIComponent(name)}${part}`
  const samplesOf = (name: string, options: SamplesOptions = {}) => ({
    path: pathOf(name, '/samples'),
    waitSeconds: DRAWN_SECONDS,
    ...queryOf(options),
  })
  return {
    list: (options) => http.json(DatasetList, { path: DATASETS, ...options }),
    get: (name, options) => http.json(Dataset, { path: pathOf(name), ...options }),
    samples: (name, options) => http.bytes({ ...samplesOf(name, options), headers: { accept: 'image/png' } }),
    sampleList: (name, options) => http.json(SampleList, samplesOf(name, options)),
  }
}
