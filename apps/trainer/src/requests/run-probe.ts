import { CLASSES, type FromTrainer, type ProbeCell, type ProbeRequest, toJsonNumber, type ToTrainer } from '@trainyard/contracts'
import type { Runtime } from '@trainyard/tensorflow'
import { probe, type ProbeResult, type DeviceImages } from '@trainyard/training'
import type { DeviceSplits } from '../splits/device-cache.ts'
import { createRunReports, type RunReports } from '../run/run-reports.ts'

const REPORT_INTERVAL_MS = 250

interface ProbeDependencies {
  tf: Runtime
  splits: DeviceSplits
  send: (message: FromTrainer) => Promise<void>
  signal: AbortSignal
}

/** Carries out one probe and reports how far it is; what it throws is the probe's outcome. */
export async function runProbe(command: Extract<ToTrainer, { type: 'probe' }>, deps: ProbeDependencies): Promise<ProbeCell[]> {
  const { tf, splits, send, signal } = deps
  const { input: _input, imageSize, ...networks } = command.request
  const reports = createRunReports({ runId: command.runId, send })
  const images = await probedImages(command.request, { splits, reports, signal })
  let reportedAtMs = -Infinity
  const onProgress = async (fraction: number): Promise<void> => {
    if (performance.now() - reportedAtMs < REPORT_INTERVAL_MS) return
    reportedAtMs = performance.now()
    await reports.phase({ phase: 'evaluate', fraction })
  }
  const results = await probe(tf, { ...networks, inputs: 3 * imageSize ** 2, classes: CLASSES, images, onProgress, signal })
  return results.map(toCell)
}

/** null where the networks see random numbers. */
async function probedImages(
  { input, imageSize }: ProbeRequest,
  { splits, reports, signal }: { splits: DeviceSplits; reports: RunReports; signal: AbortSignal },
): Promise<DeviceImages | null> {
  if (input === 'randn') return null
  const { train } = await splits.load(
    { dataset: input, imageSize, evaluate: 'none' },
    { onProgress: (progress) => void reports.phase(progress), onWarning: (message) => reports.warn(message), signal },
  )
  return train.images
}

function toCell({ norm, bias, depth, outputNorms, layers }: ProbeResult): ProbeCell {
  return {
    norm,
    bias,
    depth,
    outputNorm: { ...meanAndStd(outputNorms), values: outputNorms.map(toJsonNumber) },
    layers: layers.map(({ layer, kind, outputNorm, gradientNorm, outputGradientNorm }) => ({
      layer,
      kind,
      outputNorm: toJsonNumber(outputNorm),
      gradientNorm: toJsonNumber(gradientNorm),
      outputGradientNorm: toJsonNumber(outputGradientNorm),
    })),
  }
}

/** The sample's standard deviation, as torch.std gives it. */
function meanAndStd(values: readonly number[]): Pick<ProbeCell['outputNorm'], 'mean' | 'std'> {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  if (values.length === 1) return { mean: toJsonNumber(mean), std: null }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean: toJsonNumber(mean), std: toJsonNumber(Math.sqrt(squares / (values.length - 1))) }
}
