/** A typed client of the service, for Node and browsers: requests, event streams that reconnect, errors with the service's codes. */
export {
  type Client,
  createClient,
  type ExperimentInput,
  type KeyOptions,
  type ListOptions,
  type ModelFileOptions,
  type ProbeInput,
  type WaitOptions,
} from './client.ts'
export { ProblemError, UnexpectedAnswerError, UnreachableError } from './errors.ts'
export { type WatchedEvent, type WatchOptions } from './watch.ts'
