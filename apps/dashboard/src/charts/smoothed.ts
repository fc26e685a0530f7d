/**
 * Exponential moving average: every value counts `weight` times as much as the one after it. Divided by the sum of the weights (as Adam's averages
 * are, Kingma and Ba 2015, https://arxiv.org/abs/1412.6980), so that it begins at the first value. What is no number is passed over and stays.
 */
export function smoothed<Value extends number | null>(values: readonly Value[], { weight }: { weight: number }): (Value | number)[] {
  let [average, weights] = [0, 0]
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return value
    average = weight * average + (1 - weight) * value
    weights = weight * weights + (1 - weight)
    return average / weights
  })
}
