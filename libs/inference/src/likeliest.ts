const LIKELIEST = 5

/** A class that a model predicts, and its probability. */
interface LikelyClass {
  label: number
  name: string
  probability: number
}

/** The five likeliest classes of these logits, the likeliest first: exp(x − max) / Σ exp(x − max), in which nothing overflows. */
export function likeliest(logits: ArrayLike<number>, classNames: readonly string[]): LikelyClass[] {
  const numbers = Array.from(logits)
  const largest = Math.max(...numbers)
  const powers = numbers.map((logit) => Math.exp(logit - largest))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers
    .map((power, label) => ({ label, name: classNames[label] ?? '', probability: power / sum }))
    .toSorted((a, b) => b.probability - a.probability)
    .slice(0, LIKELIEST)
}
