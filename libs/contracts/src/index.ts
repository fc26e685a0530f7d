/**
 * Everything that crosses a process.
 *
 * experiment: a config and all that came of it · job: BullMQ's hand-out of one · attempt: one start of an experiment, with a token that fences
 * its writes · lease: a worker's right to an experiment, renewed · epoch: one pass over the train split · step: one update · batch: the images of
 * one step · cancel: what a user asks · drain: what a worker does before it leaves.
 */
export { allows, ApiKey, ApiKeyList, KeyRequest, KeyScope, NewApiKey } from './api-key.ts'
export { ArchivedResults } from './archived-results.ts'
export { AuditEntry, AuditPage } from './audit.ts'
export { BatchList, BatchLosses, BatchPoint, ExperimentEvent, LogLine, LogList } from './events.ts'
export { Compared, compareExperiments, Comparison, MOST_COMPARED } from './compare.ts'
export { type CommandFlag, commandFlags, flagOf, InvalidFlagsError, parseFlags, readFlagValues } from './command-flags.ts'
export { CLASSES, Dataset, DatasetList, DatasetName, HeldSplit, SPLIT_COUNTS, SplitName } from './dataset.ts'
export { DATASET_CATALOGUE } from './dataset-catalogue.ts'
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
} from './experiment-config.ts'
export { ExperimentListQuery, ExperimentSort, SortedResult } from './experiment-list.ts'
export { EngineSettings, Gpu, GPU_QUERY, isCalled, readCsv, readGpus } from './gpu.ts'
export { GarbageReport, GarbageRequest } from './garbage.ts'
export { ExperimentPatch, ForkChanges, ForkRequest, forkedRequest } from './experiment-changes.ts'
export { configWarnings, stepsPerEpoch } from './config-rules.ts'
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
  HeldBy,
  isBetterEpoch,
  isTerminal,
  Phase,
  KeptEpoch,
  Parent,
  Progress,
  RepeatedEpochs,
  Replay,
  StateReason,
  TERMINAL_STATES,
  Transition,
} from './experiment.ts'
export { type ErrorCode, ERRORS, ExpectedError, isErrorCode } from './errors.ts'
export { EnvironmentError } from './environment-error.ts'
export { describeDiskSpace, diskHasRoom, type DiskSpace } from './disk-reserve.ts'
export { DryRun } from './dry-run.ts'
export { imageMoments, type ImageMoments, RANDN_MOMENTS } from './dataset-moments.ts'
export { forecastLayers, type ForecastLayer, type ForecastNetwork } from './signal-forecast.ts'
export { forecastConfig } from './forecast-config.ts'
export { forecastSignal, SignalForecast, SignalVerdict } from './signal-advice.ts'
export { dryRunShapes, linearShapes, type NetworkCost, networkCost } from './network-cost.ts'
export { UploadedWeights, weightsFaults } from './initial-weights.ts'
export { fromJsonNumber, JsonNumber, toJsonNumber } from './json-number.ts'
export { type LayerFinding, layerFindings } from './layer-findings.ts'
export { EpochLayers, LayerKind, LayerList, LayerRow, LayerSignal } from './layer-signal.ts'
export { KeptModel, ModelKind, PHOTO_LIMIT_BYTES, Prediction, QuantisedModel, StoredModel } from './model.ts'
export { formatBytes, formatCount, formatLoss, formatSeconds, formatShare } from './measures.ts'
export { PageToken } from './page-token.ts'
export { probeMemoryBytes } from './probe-memory.ts'
export { pytorchModule } from './pytorch-module.ts'
export { Probe, PROBE_VERSION, ProbeCell, ProbeInput, ProbeLayer, ProbeRequest, ProbeState } from './probe.ts'
export {
  type PiecedFile,
  readTensorList,
  type StoredTensor,
  TENSOR_ITEM_BYTES,
  type TensorType,
  WeightsUnusableError,
} from './tensor-list.ts'
export { isBatchCount, stateDict, WeightsNetwork, weightsNetwork, wordsFor } from './weights-network.ts'
export { CheckpointInfo, FromTrainer, RunStart, ToTrainer } from './trainer-message.ts'
export { TRAINER_ENVIRONMENT } from './trainer-environment.ts'
export { Problem } from './problem.ts'
export { MOST_SPARKLINES, Sparkline, SPARKLINE_POINTS, SparklineList } from './sparkline.ts'
export { Sample, SampleList, SamplesAnswer, SamplesQuery, SamplesRequest } from './samples.ts'
export { Readiness } from './health.ts'
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
} from './sweep.ts'
export { WorkerInfo, WorkerList, WorkerSlot } from './worker.ts'
export { type SpeedAtWidth, speedAt, TrainingSpeed } from './training-speed.ts'
export { directSeconds, estimatedSeconds, planFirstLayer, sampleSeconds, type TrainingSizes, trainingSizes } from './first-layer-cost.ts'
