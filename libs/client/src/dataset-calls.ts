import { Dataset, DatasetList, SampleList, type SamplesQuery } from '@trainyard/contracts'
import type { Http } from './http.ts'

/** The images that experiments train on. */
export interface DatasetCalls {
  list(): Promise<DatasetList>
  get(name: string): Promise<Dataset>
  /** Some of the images as one picture, a PNG's bytes. */
  samples(name: string, query?: Partial<SamplesQuery>): Promise<Uint8Array<ArrayBuffer>>
  /** What is to be seen in the picture that `samples` answers for the same query. */
  sampleList(name: string, query?: Partial<SamplesQuery>): Promise<SampleList>
}

const DATASETS = '/api/v1/datasets'
const DRAWN_SECONDS = 30

export function datasetCalls(http: Http): DatasetCalls {
  const pathOf = (name: string, part = ''): string => `${DATASETS}/${encodeURIComponent(name)}${part}`
  const samplesOf = (name: string, query: Partial<SamplesQuery> = {}) => ({
    path: pathOf(name, '/samples'),
    query: { ...query },
    waitSeconds: DRAWN_SECONDS,
  })
  return {
    list: () => http.json(DatasetList, { path: DATASETS }),
    get: (name) => http.json(Dataset, { path: pathOf(name) }),
    samples: (name, query) => http.bytes({ ...samplesOf(name, query), headers: { accept: 'image/png' } }),
    sampleList: (name, query) => http.json(SampleList, samplesOf(name, query)),
  }
}
