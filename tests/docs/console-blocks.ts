/** A command of a page, and what the page says that it prints. */
export interface ConsoleCommand {
  line: number
  command: string
  output: string[]
}

/** The commands of a Markdown page's console blocks: `$ ` begins one, a trailing backslash or a here-document carries it on, and its output follows. */
export function consoleCommands(markdown: string): ConsoleCommand[] {
  const commands: ConsoleCommand[] = []
  let inBlock = false
  let until: string | null = null
  for (const [i, line] of markdown.split('\n').entries()) {
    const current = commands.at(-1)
    if (line.startsWith('```')) inBlock = line === '```console'
    else if (!inBlock) continue
    else if (current && (until !== null || current.command.endsWith('\\'))) {
      current.command += `\n${line}`
      if (line === until) until = null
    } else if (line.startsWith('$ ')) {
      commands.push({ line: i + 1, command: line.slice(2), output: [] })
      until = /<<'(\w+)'/.exec(line)?.[1] ?? null
    } else current?.output.push(line)
  }
  return commands
}

const NUMBER = /-?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?/g

/**
 * The first line where what was printed is not what the page says, or null. A line `…` stands for any lines, an … within one for any text; a
 * number may be off by two in its last digit, or by a thousandth: TensorFlow rounds in its own way on every kind of processor.
 */
export function firstDifference(expected: readonly string[], printed: readonly string[]): string | null {
  let at = 0
  for (const [i, line] of expected.entries()) {
    if (line.trim() === '…') {
      const next = expected[i + 1]
      if (next === undefined) return null
      while (at < printed.length && !sameLine(next, printed[at] ?? '')) at += 1
      continue
    }
    const found = printed[at++]
    if (found === undefined || !sameLine(line, found)) return `the page says   ${line}\nwas printed     ${found ?? '(nothing more)'}`
  }
  return at < printed.length ? `beyond the page ${printed[at]}` : null
}

function sameLine(expected: string, printed: string): boolean {
  const parts = expected.trimEnd().split(NUMBER)
  const pattern = parts.map((part) => escape(part).replaceAll('…', '.*')).join('(-?\\d[\\d,]*(?:\\.\\d+)?(?:e[-+]?\\d+)?)')
  const match = new RegExp(`^${pattern}$`, 'u').exec(printed.trimEnd())
  const wanted = expected.match(NUMBER) ?? []
  return match !== null && wanted.every((number, i) => sameNumber(number, match[i + 1] ?? ''))
}

// spaces align columns: a number of another length moves them
const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/ +/g, ' +')

function sameNumber(expected: string, printed: string): boolean {
  const [a, b] = [expected, printed].map((text) => Number(text.replaceAll(',', '')))
  if (a === undefined || b === undefined) return false
  const [mantissa = '', exponent = '0'] = expected.split('e')
  const lastDigit = 10 ** (Number(exponent) - (mantissa.split('.')[1]?.length ?? 0))
  const isCount = !expected.includes('.') && !expected.includes('e')
  return isCount ? a === b : Math.abs(a - b) <= Math.max(2.001 * lastDigit, 1e-3 * Math.abs(a))
}
