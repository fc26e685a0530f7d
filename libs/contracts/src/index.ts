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
export { BatchList, BatchLosses, BatchPoint, ExperimentEvent, isEventAfter, LogLine, LogList } from './experiments/events.ts'
export { Compared, compareExperiments, Comparison, MOST_COMPARED } from './results/compare.ts'
export { type CommandFlag, commandFlags, flagOf, InvalidFlagsError, parseFlags, readFlagValues } from './flags/command-flags.ts'
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
  NormPosition,
  NormType,
  resolveConfig,
  RunFields,
  TrainingFields,
  WeightsId,
} from './experiments/experiment-config.ts'
export { ExperimentListQuery, ExperimentSort, SortedResult } from './experiments/experiment-list.ts'
export { EngineSettings, Gpu, GPU_QUERY, isCalled, readCsv, readGpus } from './workers/gpu.ts'
export { GarbageReport, GarbageRequest } from './workers/garbage.ts'
export { ExperimentPatch, ForkChanges, ForkRequest, forkedRequest } from './experiments/experiment-changes.ts'
export { configWarnings, stepsPerEpoch } from './experiments/config-rules.ts'
export {
  Attempt,
  AttemptOutcome,
  Engine,
  Epoch,
  EpochList,
  epochNumbers,
  ErrorClass,
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
export { type ErrorCode, ERRORS, ExpectedError, isErrorCode } from './errors.ts'
export { EnvironmentError } from './environment-error.ts'
export { describeDiskSpace, diskHasRoom, type DiskSpace } from './workers/disk-reserve.ts'
export { DryRun } from './experiments/dry-run.ts'
export { imageMoments, type ImageMoments, RANDN_MOMENTS } from './datasets/dataset-moments.ts'
export { forecastLayers, type ForecastLayer, type ForecastNetwork } from './planning/signal-forecast.ts'
export { forecastConfig } from './planning/forecast-config.ts'
export { forecastSignal, SignalForecast, SignalVerdict } from './planning/signal-advice.ts'
export { dryRunShapes, linearShapes, type NetworkCost, networkCost } from './planning/network-cost.ts'
export { UploadedWeights, weightsFaults } from './experiments/initial-weights.ts'
export { fromJsonNumber, JsonNumber, toJsonNumber } from './json-number.ts'
export { type LayerFinding, layerFindings } from './results/layer-findings.ts'
export { EpochLayers, LayerKind, LayerList, LayerRow, LayerSignal } from './results/layer-signal.ts'
export { KeptModel, ModelKind, PHOTO_LIMIT_BYTES, Prediction, QuantisedModel, StoredModel } from './experiments/model.ts'
export { formatBytes, formatCount, formatLoss, formatSeconds, formatShare } from './results/format.ts'
export { PageToken } from './page-token.ts'
export { probeMemoryBytes } from './probes/probe-memory.ts'
export { pytorchModule } from './pytorch/pytorch-module.ts'
export { Probe, PROBE_VERSION, ProbeCell, ProbeInput, ProbeLayer, ProbeRequest, ProbeState } from './probes/probe.ts'
export {
  type PiecedFile,
  readTensorList,
  type StoredTensor,
  TENSOR_ITEM_BYTES,
  type TensorType,
  WeightsUnusableError,
} from './pytorch/tensor-list.ts'
export { isBatchCount, stateDict, WeightsNetwork, weightsNetwork, wordsFor } from './pytorch/weights-network.ts'
export { CheckpointInfo, FromTrainer, RunStart, ToTrainer } from './workers/trainer-message.ts'
export { TRAINER_ENVIRONMENT } from './workers/trainer-environment.ts'
export { Problem } from './problem.ts'
export { MOST_SPARKLINES, Sparkline, SPARKLINE_POINTS, SparklineList } from './results/sparkline.ts'
export { Sample, SampleList, SamplesAnswer, SamplesQuery, SamplesRequest } from './datasets/samples.ts'
export { Readiness } from './workers/health.ts'
export {
  Asha,
  EarlyStop,
  FieldSpace,
  isMaximised,
  MOST_TRIALS,
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
export { type SpeedAtWidth, speedAt, TrainingSpeed } from './workers/training-speed.ts'
export {
  directSeconds,
  estimatedSeconds,
  planFirstLayer,
  dualSeconds,
  type TrainingSizes,
  trainingSizes,
} from './planning/first-layer-cost.ts'
