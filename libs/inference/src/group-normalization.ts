import type * as Tfjs from '@tensorflow/tfjs'
import { GROUP_NORM_CLASS } from './layers-model.ts'

type Tf = Pick<typeof Tfjs, 'layers' | 'serialization' | 'initializers' | 'tidy' | 'moments'>
type Shape = (number | null)[]

/** Teaches this copy of tfjs the layers that exported models use and it lacks: call it once, before `tf.loadLayersModel`. */
export function registerLayers(tf: Tf): void {
  /** Every group of `groupSize` neighbouring channels by its own mean and variance: (n, channels) → (n, channels). */
  class GroupNormalization extends tf.layers.Layer {
    static className = GROUP_NORM_CLASS
    readonly #groupSize: number
    readonly #epsilon: number
    #gamma: Tfjs.LayerVariable | null = null
    #beta: Tfjs.LayerVariable | null = null

    constructor(config: { name?: string; groupSize: number; epsilon: number }) {
      super(config)
      this.#groupSize = config.groupSize
      this.#epsilon = config.epsilon
    }

    override build(inputShape: Shape | Shape[]): void {
      const channels = [inputShape].flat(2).at(-1) ?? 0
      this.#gamma = this.addWeight('gamma', [channels], 'float32', tf.initializers.ones())
      this.#beta = this.addWeight('beta', [channels], 'float32', tf.initializers.zeros())
      this.built = true
    }

    override computeOutputShape(inputShape: Shape): Shape {
      return inputShape
    }

    override call(inputs: Tfjs.Tensor | Tfjs.Tensor[]): Tfjs.Tensor {
      const [gamma, beta] = [this.#gamma, this.#beta]
      return tf.tidy(() => {
        const [x] = [inputs].flat()
        if (!x || !gamma || !beta) throw new Error(`${this.name} was called before it was built`)
        const grouped = x.reshape([-1, (x.shape[1] ?? 0) / this.#groupSize, this.#groupSize])
        const { mean, variance } = tf.moments(grouped, 2, true)
        const normalised = grouped.sub(mean).div(variance.add(this.#epsilon).sqrt()).reshape(x.shape)
        return normalised.mul(gamma.read()).add(beta.read())
      })
    }

    override getConfig(): Tfjs.serialization.ConfigDict {
      return { ...super.getConfig(), groupSize: this.#groupSize, epsilon: this.#epsilon }
    }
  }
  tf.serialization.registerClass(GroupNormalization)
}
