/**
 * Exponential moving average of what is there, without the pull of its start towards zero, as TensorBoard smooths and Adam averages
 * (Kingma and Ba 2015, section 3): s ← w·s + (1 − w)·y, shown as s / (1 − wⁿ).
 */
export function smooth(ys: readonly (number | null)[], weight: number): (number | null)[] {
  let [sum, count] = [0, 0]
  return ys.map((y) => {
    if (y === null || !Number.isFinite(y)) return y
    sum = weight * sum + (1 - weight) * y
    count += 1
    return sum / (1 - weight ** count)
  })
}
