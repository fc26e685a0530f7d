import type { Prediction } from '@trainyard/client'

type Classes = Prediction['classes']

/** Whether two answers are one, in a sentence. */
export function agreement(service: Classes, browser: Classes): string {
  const [theirs, ours] = [service, browser].map((classes) => classes.map(({ name }) => name))
  const most = `The probabilities of what both name differ by at most ${(100 * largestDifference(service, browser)).toFixed(1)} percentage points.`
  if (String(theirs) === String(ours)) return `Both give the same names. ${most}`
  if (theirs?.[0] !== ours?.[0])
    return `They differ: the service says ${theirs?.[0]}, this browser ${ours?.[0]}, whose weights are rounded to a byte each. ${most}`
  const alone = (names: string[] = [], others: string[] = []): string[] => names.filter((name) => !others.includes(name))
  const differing = [...alone(theirs, ours), ...alone(ours, theirs)]
  if (differing.length === 0)
    return `Both give the same names, but not in the same order: this browser's weights are rounded to a byte each. ${most}`
  return `Both say ${theirs?.[0]} first; only one of them names ${differing.join(' and ')}. ${most}`
}

function largestDifference(service: Classes, browser: Classes): number {
  const differences = service.flatMap(({ label, probability }) => {
    const same = browser.find((each) => each.label === label)
    return same ? [Math.abs(probability - same.probability)] : []
  })
  return Math.max(0, ...differences)
}
