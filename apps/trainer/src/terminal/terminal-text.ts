import type { Engine, ExperimentConfig } from '@trainyard/contracts'
import type { CommandFlag } from '@trainyard/schema-fields'
import type { EpochResult } from '@trainyard/training'

const BAR_WIDTH = 20

export function helpText(flags: readonly CommandFlag[]): string {
  const lines = flags.map(({ flag, kind, choices, defaultValue, description }) => {
    const takes = choices?.join(' | ') ?? (kind === 'boolean' ? '' : kind)
    const standard = defaultValue === undefined ? '' : ` (default ${defaultValue})`
    const shown = kind === 'boolean' && defaultValue === 'true' ? flag.replace('--', '--no-') : flag
    return `  ${`${shown} ${takes}`.padEnd(40)} ${description}${standard}`
  })
  return ['npm run train -- [flags]', '', 'Trains in this terminal, with no service.', '', ...lines].join('\n')
}

export function header(config: ExperimentConfig, { engine, parameters }: { engine: Engine; parameters: number }): string {
  const { dataset, imageSize, layerSizes, norm, normPosition, lr, momentum, batchSize, epochs, seed } = config
  const normed = normPosition === null ? '' : `, ${norm} norm ${normPosition} the ReLU`
  const first = config.firstLayer === 'dual' ? ', the first one in the dual form' : ''
  const layers = layerSizes.length === 0 ? 'no hidden layer' : `hidden layers ${layerSizes.join(' · ')}${first}`
  return [
    `${dataset} at ${imageSize} px, ${layers}${normed}, ${parameters.toLocaleString('en')} parameters`,
    `lr ${lr}, momentum ${momentum}, batch ${batchSize}, ${epochs} epochs, seed ${seed}; TensorFlow ${engine.version} on ${engine.device}, ${engine.threads} threads`,
  ].join('\n')
}

/** One finished epoch: a bar for how far the run is, the loss with six decimals, and what was measured. */
export function epochLine(result: EpochResult, config: ExperimentConfig): string {
  const done = Math.round((result.epoch / config.epochs) * BAR_WIDTH)
  const bar = `${'█'.repeat(done)}${'░'.repeat(BAR_WIDTH - done)}`
  const percent = (share: number | null): string => `${((share ?? 0) * 100).toFixed(1).padStart(5)} %`
  const count = `${String(result.epoch).padStart(String(config.epochs).length)}/${config.epochs}`
  const measured =
    result.evalLoss === null
      ? ''
      : `  ${config.evaluate} loss ${result.evalLoss.toFixed(6)}  accuracy ${percent(result.evalAccuracy)}  top-5 ${percent(result.evalTop5Accuracy)}`
  return `epoch ${count} ${bar} loss ${result.loss.toFixed(6)}${measured}  ${result.seconds.toFixed(2)} s`
}
