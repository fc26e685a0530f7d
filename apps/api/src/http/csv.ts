import { stringify } from 'csv-stringify/sync'

type Cell = string | number | boolean | null

/** One column: its value from a row. */
export type Columns<Row> = Record<string, (row: Row) => Cell>

/** A table with a header line; an empty cell is null. */
export function toCsv<Row>(rows: readonly Row[], columns: Columns<Row>): string {
  const names = Object.keys(columns)
  const lines = rows.map((row) => Object.values(columns).map((value) => value(row)))
  return stringify([names, ...lines], { cast: { boolean: String } })
}

/** Columns that are fields of the row. */
export const fields = <Name extends string>(...names: readonly Name[]): Columns<Record<Name, Cell>> =>
  Object.fromEntries(names.map((name) => [name, (row: Record<Name, Cell>) => row[name]]))

/** Columns that are fields of the row in which users wrote. */
export const textFields = <Name extends string>(...names: readonly Name[]): Columns<Record<Name, string | null>> =>
  Object.fromEntries(names.map((name) => [name, (row: Record<Name, string | null>) => text(row[name])]))

/** What a user wrote: a spreadsheet would run what begins like a formula. */
export function text(words: string | null): string | null {
  return words !== null && /^[=+\-@\t\r]/.test(words) ? `'${words}` : words
}
