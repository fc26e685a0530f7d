import { type ReactNode, useState } from 'react'

export interface SortedColumn<Row> {
  title: string
  cell: (row: Row) => ReactNode
  /** From small to large, or from best to worst; without it the column cannot be sorted by. */
  order?: (a: Row, b: Row) => number
  isNumber?: boolean
}

interface SortedTableProps<Row> {
  label: string
  columns: readonly SortedColumn<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string | number
  /** The title of the column that it is sorted by at first. */
  first: string
}

/** A table whose headings sort it; pressed again they turn the order around. */
export function SortedTable<Row>({ label, columns, rows, keyOf, first }: SortedTableProps<Row>) {
  const [{ by, down }, setSorting] = useState({ by: first, down: false })
  const order = columns.find(({ title }) => title === by)?.order
  const sorted = order ? rows.toSorted((a, b) => (down ? order(b, a) : order(a, b))) : rows
  return (
    <div className="wide" tabIndex={0} role="region" aria-label={label}>
      <table className="linked-rows">
        <thead>
          <tr>
            {columns.map(({ title, order: sorts, isNumber }) => (
              <th
                key={title}
                scope="col"
                className={isNumber ? 'number' : undefined}
                aria-sort={by === title ? (down ? 'descending' : 'ascending') : undefined}
              >
                {sorts ? (
                  <button type="button" className="quiet sorts" onClick={() => setSorting({ by: title, down: by === title && !down })}>
                    {title} <span aria-hidden="true">{by === title ? (down ? '▾' : '▴') : '▵'}</span>
                  </button>
                ) : (
                  title
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, cell, isNumber }) => (
                <td key={title} className={isNumber ? 'number' : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
