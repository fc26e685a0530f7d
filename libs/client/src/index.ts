/** A typed client of the service, for Node and browsers: requests, event streams that reconnect, errors with the service's codes. */
export { type Client, createClient } from './client.ts'
export type { DatasetCalls } from './calls/dataset-calls.ts'
export { isProblem, ProblemError, TimedOutError, UnexpectedAnswerError, UnreachableError } from './errors.ts'
export type { BatchOptions, ExperimentCalls, ExperimentInput, ListOptions, ModelFileOptions } from './calls/experiment-calls.ts'
export type { CallOptions, HttpOptions as ClientOptions, KeyOptions, PageOptions } from './http.ts'
export type { KeyCalls } from './calls/key-calls.ts'
export type { ProbeCalls, ProbeInput, WaitOptions } from './calls/probe-calls.ts'
export type { SweepCalls, SweepInput } from './calls/sweep-calls.ts'
export type { WeightsCalls } from './calls/weights-calls.ts'
export { type WatchedEvent, type WatchOptions } from './watch.ts'
/** What the service answers, and the fields of what it takes. */
export type {
  ApiKey,
  ApiKeyList,
  AuditPage,
  BatchList,
  Comparison,
  Dataset,
  DatasetList,
  DryRun,
  Epoch,
  EpochList,
  ErrorCode,
  Experiment,
  ExperimentConfig,
  ExperimentEvent,
  ExperimentPage,
  ExperimentPatch,
  ExperimentState,
  GarbageReport,
  LayerList,
  LogList,
  ModelKind,
  NewApiKey,
  NormLabTable,
  Prediction,
  Probe,
  Problem,
  Readiness,
  SampleList,
  SparklineList,
  Sweep,
  SweepPage,
  SweepPlan,
  UploadedWeights,
  WorkerInfo,
  WorkerList,
} from '@trainyard/contracts'
