/**
 * Everything that crosses a process.
 *
 * experiment: a config and all that came of it · job: BullMQ's hand-out of one · attempt: one start of an experiment, with a token that fences
 * its writes · lease: a worker's right to an experiment, renewed · epoch: one pass over the train split · step: one update · batch: the images of
 * one step · cancel: what a user asks · drain: what a worker does before it leaves.
 */
export { allows, ApiKey, ApiKeyList, KeyRequest, KeyScope, NewApiKey } from './access/api-key.ts'
export { ArchivedResults } from './results/archived-results.ts'
export { AuditEntry, AuditPage } from './access/audit.ts'
export { isAfterEvent } from './results/event-id.ts'
export { BatchList, BatchLosses, BatchPoint, ExperimentEvent, LogLine, LogList } from './results/events.ts'
export { Compared, Comparison, MAX_COMPARED } from './results/comparison.ts'
export { CLASSES, Dataset, DatasetList, DatasetName, CachedSplit, SPLIT_COUNTS, SplitName } from './datasets/dataset.ts'
export { DATASET_CATALOGUE } from './datasets/dataset-catalogue.ts'
export {
  canonicalConfig,
  CONFIG_VERSION,
  evaluatedSplit,
  EvaluateSplit,
  ExperimentConfig,
  ExperimentRequest,
  FirstLayer,
  KeepModel,
  LayerKind,
  NormPosition,
  NormType,
  RunFields,
  TrainingFields,
  WeightsId,
} from './experiments/experiment-config.ts'
export { ExperimentListQuery, ExperimentSort, SortedResult } from './experiments/experiment-list.ts'
export { EngineSettings, Gpu, GpuUnavailableError, matchesGpu } from './workers/gpu.ts'
export { GarbageReport, GarbageRequest } from './workers/garbage.ts'
export { ExperimentPatch, ForkChanges, ForkRequest } from './experiments/experiment-changes.ts'
export { configWarnings, DEFAULT_GROUP_SIZE, dualFormObstacle, stepsPerEpoch } from './experiments/config-rules.ts'
export {
  Attempt,
  AttemptOutcome,
  Engine,
  Epoch,
  EpochList,
  epochNumbers,
  Experiment,
  ExperimentError,
  ExperimentId,
  ExperimentPage,
  ExperimentState,
  ThrottledBy,
  isBetterEpoch,
  isTerminal,
  Phase,
  ForkPoint,
  Parent,
  Progress,
  RepeatedEpochs,
  Replay,
  StateReason,
  TERMINAL_STATES,
  Transition,
} from './experiments/experiment.ts'
export { EnvironmentError, ErrorClass, type ErrorCode, errorMessage, ERRORS, ExpectedError, isErrorCode } from './errors.ts'
export { DryRun, FirstLayerPlan } from './experiments/dry-run.ts'
export { ForecastLayer, SignalForecast, SignalVerdict } from './experiments/signal-forecast.ts'
export { Tensor, TensorType, UploadedWeights, WeightsNetwork } from './experiments/initial-weights.ts'
export { fromJsonNumber, JsonNumber, toJsonNumber } from './http/json-number.ts'
export { EpochLayers, LayerList, LayerRow, LayerSignal } from './results/layer-signal.ts'
export { KeptModel, ModelKind, PHOTO_LIMIT_BYTES, Prediction, QuantisedModel, StoredModel } from './experiments/model.ts'
export { formatBytes, formatCount, formatLoss, formatSeconds, formatShare } from './results/format.ts'
export { PageToken } from './http/page-token.ts'
export { Probe, PROBE_VERSION, ProbeCell, ProbeInput, ProbeLayer, ProbeRequest, ProbeState } from './probes/probe.ts'
export { CheckpointInfo, FromTrainer, RunStart, ToTrainer } from './workers/trainer-message.ts'
export { Problem } from './http/problem.ts'
export { MAX_SPARKLINES, Sparkline, SPARKLINE_POINTS, SparklineList } from './results/sparkline.ts'
export { Sample, SampleList, SamplesAnswer, SamplesQuery, SamplesRequest } from './datasets/samples.ts'
export { Readiness } from './http/readiness.ts'
export {
  Asha,
  EarlyStop,
  FieldSpace,
  isMaximised,
  MAX_TRIALS,
  NormLabRow,
  NormLabTable,
  Objective,
  Sweep,
  SweepPage,
  SweepPlan,
  SweepRequest,
  SweepState,
  SweepStrategy,
  SweepSummary,
  SweptField,
  Trial,
  TrialConfig,
  TrialFields,
} from './sweeps/sweep.ts'
export { WorkerInfo, WorkerList, WorkerSlot } from './workers/worker.ts'
export { SpeedAtWidth, TrainingSpeed } from './workers/training-speed.ts'
