import type { ExperimentConfig } from '@trainyard/client'

/** A config in a few words, as people say it: 3 × 512 · batch norm before ReLU · lr 1e-4. */
export function configLabels(config: ExperimentConfig): string[] {
  const { depth, width, layerSizes, norm, normPosition, groupSize, bias, lr, dataset, imageSize, initialWeights } = config
  const layers = depth === 0 ? 'no hidden layer' : width === null ? layerSizes.join('–') : `${depth} × ${width}`
  const group = groupSize === null ? '' : ` of ${groupSize}`
  return [
    layers,
    normPosition === null ? 'no norm' : `${norm} norm${group} ${normPosition} ReLU`,
    ...(bias ? [] : ['no bias']),
    `lr ${formatLr(lr)}`,
    `${dataset} ${imageSize} px`,
    ...(initialWeights === null ? [] : ['from given weights']),
  ]
}

/** 0.0001 → 1e-4, 0.05 → 0.05. */
export const formatLr = (lr: number): string => (lr < 0.001 ? lr.toExponential().replace('e-0', 'e-') : String(lr))

export const ConfigChips = ({ config }: { config: ExperimentConfig }) => (
  <ul className="chips" aria-label="Config">
    {configLabels(config).map((words) => (
      <li key={words}>{words}</li>
    ))}
  </ul>
)
