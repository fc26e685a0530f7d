// Runs in the browser, where tfjs's bundle is the global `tf`.
// oxlint-disable-next-line import/no-absolute-path -- an address of the site, not a file
import { registerLayers } from '/inference/group-normalization.ts'

registerLayers(tf)

/** Logits of some images, (n, size, size, 3), by a model of this site, on one of tfjs's backends. */
export async function logitsOf({ name, pixels, shape, backend }) {
  if (!(await tf.setBackend(backend))) throw new Error(`This browser has no ${backend}`)
  const model = await tf.loadLayersModel(`/models/${name}/model.json`)
  const x = tf.tensor4d(pixels, shape)
  const logits = model.predict(x)
  const numbers = Array.from(await logits.data())
  for (const each of [x, logits, model]) each.dispose()
  return numbers
}
