const NUMBER = /-?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:e[-+]?\d+)?/g
/** Of the number itself. */
const TOLERANCE = 1e-3
const SHARE_TOLERANCE = 1e-2

/**
 * The first line where what was printed is not what the page says, or null. A line `…` stands for any lines, an … within one for any text; a
 * number may be off by two in its last digit, or by a thousandth: TensorFlow rounds in its own way on every kind of processor, which
 * `ONEDNN_MAX_CPU_ISA=SSE41` shows on one. A share in percent may be off by a hundredth of itself: some images are named otherwise. The page may
 * break JSON into lines where it likes.
 */
export function firstDifference(expected: readonly string[], printed: readonly string[]): string | null {
  const found = withJsonOnOneLine(printed)
  const wanted = withJsonOnOneLine(expected)
  let at = 0
  for (const [i, line] of wanted.entries()) {
    if (line.trim() === '…') {
      const next = wanted[i + 1]
      if (next === undefined) return null
      while (at < found.length && !sameLine(next, found[at] ?? '')) at += 1
      continue
    }
    const text = found[at++]
    if (text === undefined || !sameLine(line, text)) return `the page says   ${line}\nwas printed     ${text ?? '(nothing more)'}`
  }
  return at < found.length ? `beyond the page ${found[at]}` : null
}

const STRING = /"(?:[^"\\]|\\.)*"/g
const BETWEEN_TOKENS = new RegExp(`(${STRING.source})|(,)|\\s+`, 'g')

/** Joins each object or list that begins a line, with no spaces between its tokens but one after each comma. */
function withJsonOnOneLine(lines: readonly string[]): string[] {
  const joined: string[] = []
  let depth = 0
  for (const line of lines) {
    if (depth === 0 && !/^[{[]/.test(line)) {
      joined.push(line)
      continue
    }
    const tokens = line.replaceAll(BETWEEN_TOKENS, (_all, string?: string, comma?: string) => string ?? (comma ? ', ' : ''))
    joined.push(depth === 0 ? tokens : `${joined.pop() ?? ''}${tokens}`)
    const brackets = tokens.replaceAll(STRING, '')
    depth += brackets.replaceAll(/[^{[]/g, '').length - brackets.replaceAll(/[^}\]]/g, '').length
  }
  return joined
}

/** Whether the stretches of text between the …s come one after the other. */
function sameLine(expected: string, printed: string): boolean {
  const stretches = expected.trimEnd().split('…')
  const text = printed.trimEnd()
  let at = 0
  for (const [i, stretch] of stretches.entries()) {
    const end = endOf(stretch, { text, at, isFirst: i === 0, isLast: i === stretches.length - 1 })
    if (end === null) return false
    at = end
  }
  return true
}

interface Place {
  text: string
  at: number
  isFirst: boolean
  isLast: boolean
}

/** Where a stretch ends that stands behind `at`: at once if it is the line's first, up to the line's end if it is the last. */
function endOf(stretch: string, { text, at, isFirst, isLast }: Place): number | null {
  const wanted = [...stretch.matchAll(NUMBER)].map(({ 0: number, index }) => ({
    number,
    relative: stretch.startsWith(' %', index + number.length) ? SHARE_TOLERANCE : TOLERANCE,
  }))
  const pattern = new RegExp(stretch.split(NUMBER).map(escape).join(`(${NUMBER.source})`) + (isLast ? '$' : ''), isFirst ? 'uy' : 'ug')
  for (let from = at; from <= text.length;) {
    pattern.lastIndex = from
    const match = pattern.exec(text)
    if (!match) return null
    if (wanted.every(({ number, relative }, i) => sameNumber(number, { printed: match[i + 1] ?? '', relative })))
      return match.index + match[0].length
    if (isFirst) return null
    from = match.index + 1
  }
  return null
}

// spaces align columns: a number of another length moves them
const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`).replaceAll(/ +/g, ' +')

function sameNumber(expected: string, { printed, relative }: { printed: string; relative: number }): boolean {
  const [a, b] = [expected, printed].map((text) => Number(text.replaceAll(',', '')))
  if (a === undefined || b === undefined) return false
  const [mantissa = '', exponent = '0'] = expected.split('e')
  const lastDigit = 10 ** (Number(exponent) - (mantissa.split('.')[1]?.length ?? 0))
  const isCount = !expected.includes('.') && !expected.includes('e')
  return isCount ? a === b : Math.abs(a - b) <= Math.max(2.001 * lastDigit, relative * Math.abs(a))
}
