import type { ForecastLayer, SignalForecast, SignalVerdict } from '@trainyard/contracts'
import { forecastLayers, type ForecastNetwork } from './signal-forecast.ts'

/** More than half, or nearly all, of the output does not depend on the image. */
const FADING_BIAS_SHARE = 0.5
const VANISHING_BIAS_SHARE = 0.95
/** The image's part of the output against that of a network without hidden layers. */
const FADING_GAIN = 0.1
const VANISHING_GAIN = 0.01
/** The first layer's gradient against the last hidden layer's. */
const EXPLODING_RATIO = 100

export function forecastSignal(network: ForecastNetwork): SignalForecast {
  const layers = forecastLayers(network)
  const facts = factsOf(network, layers)
  const verdict = verdictOf(facts)
  return { verdict, advice: adviceOf(network, { ...facts, verdict }), layers }
}

interface SignalFacts {
  depth: number
  outputNorm: number
  biasShare: number
  imageShare: number
  gain: number
  gradientRatio: number
}

function factsOf(network: ForecastNetwork, layers: readonly ForecastLayer[]): SignalFacts {
  const { inputs, classes, batchSize, moments } = network
  const [first, output] = [layers[0], layers.at(-1)]
  if (!first || !output) throw new Error('A network has at least its output layer')
  // without hidden layers a third of the pixels' squares arrives
  const whole = batchSize * classes * (moments.secondMoment / 3)
  const arrived = output.outputNorm ** 2 * (1 - output.biasShare)
  const { outputNorm, biasShare, imageShare } = output
  const last = layers.at(-2) ?? first
  return {
    depth: inputs > 0 ? layers.length - 1 : 0,
    ...{ outputNorm, biasShare, imageShare },
    gain: Math.sqrt(arrived / whole),
    gradientRatio: first.outputGradientNorm / last.outputGradientNorm,
  }
}

function verdictOf({ depth, biasShare, gain, gradientRatio }: SignalFacts): SignalVerdict {
  if (depth === 0) return 'healthy'
  if (gradientRatio > EXPLODING_RATIO) return 'exploding'
  if (biasShare > VANISHING_BIAS_SHARE || gain < VANISHING_GAIN) return 'vanishing'
  if (biasShare > FADING_BIAS_SHARE || gain < FADING_GAIN) return 'fading'
  return 'healthy'
}

function adviceOf(network: ForecastNetwork, facts: SignalFacts & { verdict: SignalVerdict }): string {
  const { depth, verdict, gradientRatio } = facts
  if (depth === 0) return 'There is no hidden layer: nothing can be lost on the way.'
  if (verdict === 'exploding')
    return `Gradients grow on their way back, by ${growth(facts)} a layer: the first layer's are ${round(gradientRatio)} times the last hidden one's. Use norm layer before the nonlinearity, or lower depth or lr.`
  if (verdict === 'healthy') return healthyAdvice(network, facts)
  return `${describeLoss(network, facts)} ${remedy(network)}`
}

function healthyAdvice({ norm, batchSize }: ForecastNetwork, facts: SignalFacts): string {
  const arrives = `The signal arrives: output norm about ${round(facts.outputNorm)}, of which ${percent(1 - facts.biasShare)} depends on the images`
  if (norm === 'batch' && facts.gradientRatio > 2)
    return `${arrives}; gradients grow by ${growth(facts)} a layer on their way back, as they do under batch norm with batches of ${batchSize}.`
  if (facts.imageShare < 0.2)
    return `${arrives}; but one image's output differs from another's by only ${percent(facts.imageShare)} of the squares: norm batch would keep them further apart.`
  return `${arrives}.`
}

function describeLoss({ norm, bias }: ForecastNetwork, facts: SignalFacts): string {
  const { depth, outputNorm, biasShare, gain } = facts
  const how = norm === 'none' ? 'without normalisation' : `with norm ${norm}`
  const start = `Depth ${depth} ${how}: output norm about ${round(outputNorm)}`
  if (!bias) return `${start}, ${round(1 / gain)} times less than without hidden layers.`
  return `${start}, of which ${percent(biasShare)} comes from the biases; the images' part is ${round(1 / gain)} times less than without hidden layers.`
}

/** The deepest network of this kind whose signal arrives. */
function remedy(network: ForecastNetwork): string {
  const healthy = network.layerSizes.findIndex((_, i) => {
    const shallower = { ...network, layerSizes: network.layerSizes.slice(0, i + 1) }
    return verdictOf(factsOf(shallower, forecastLayers(shallower))) !== 'healthy'
  })
  const shallow = healthy > 0 ? `, or lower depth to ${healthy}` : ''
  return network.norm === 'none'
    ? `Add norm layer or batch, which scale every layer's signal up again${shallow}.`
    : `Put the norm before the nonlinearity${shallow}.`
}

/** Per layer. */
const growth = ({ gradientRatio, depth }: SignalFacts): string => (gradientRatio ** (1 / Math.max(1, depth - 1))).toFixed(2)
const percent = (share: number): string => (share > 0.985 ? 'nearly all' : `${(100 * share).toFixed(0)} %`)
const round = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(2))
