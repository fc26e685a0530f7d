/** One column of a table: its title, and the words that it shows of a row. */
export interface Column<Row> {
  title: string
  value: (row: Row) => string
  align?: 'right'
  /** Keeps the columns of a table that grows row by row in line. */
  minWidth?: number
}

const GAP = '  '

export function tableLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): { header: string; lines: string[] } {
  const cells = rows.map((row) => columns.map(({ value }) => printable(value(row))))
  const widths = columns.map(({ title, minWidth = 0 }, i) => Math.max(title.length, minWidth, ...cells.map((line) => line[i]?.length ?? 0)))
  const toLine = (line: readonly string[]): string =>
    line.map((cell, i) => (columns[i]?.align === 'right' ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join(GAP)
  return { header: toLine(columns.map(({ title }) => title)).trimEnd(), lines: cells.map((line) => toLine(line).trimEnd()) }
}

/** Words from elsewhere must not steer the terminal. */
export function printable(words: string): string {
  return words.replaceAll(/\p{Cc}+/gu, ' ')
}
