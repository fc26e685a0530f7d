import type { ListOptions } from '@trainyard/client'
import { ExperimentState } from '@trainyard/contracts'
import { useEffect, useState } from 'react'

export type Filters = Pick<ListOptions, 'state' | 'tag' | 'owner' | 'q'>

const TYPED_MS = 250
const TEXTS = [
  { field: 'q', words: 'Search names and tags' },
  { field: 'tag', words: 'Tag' },
  { field: 'owner', words: 'Owner' },
] as const

export function ExperimentFilters({ filters, onChange }: { filters: Filters; onChange: (filters: Filters) => void }) {
  return (
    <form role="search" className="row filters" onSubmit={(event) => event.preventDefault()}>
      {TEXTS.map(({ field, words }) => (
        <FilterText
          key={field}
          words={words}
          value={filters[field] ?? ''}
          onChange={(text) => onChange({ ...filters, [field]: text || undefined })}
        />
      ))}
      <label>
        State{' '}
        <select
          value={filters.state ?? ''}
          onChange={({ target }) => onChange({ ...filters, state: ExperimentState.safeParse(target.value).data })}
        >
          <option value="">all</option>
          {ExperimentState.options.map((state) => (
            <option key={state}>{state}</option>
          ))}
        </select>
      </label>
    </form>
  )
}

/** Asks once the typing rests. */
function FilterText({ words, value, onChange }: { words: string; value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (text.trim() === value) return undefined
    const timer = setTimeout(() => onChange(text.trim()), TYPED_MS)
    return () => clearTimeout(timer)
  }, [text])
  return <input type="search" aria-label={words} placeholder={words} value={text} onChange={({ target }) => setText(target.value)} />
}
