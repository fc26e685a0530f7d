import type { CommandFlag } from '@trainyard/schema-fields'
import { type ReactNode, useId } from 'react'
import { fallbackOf } from './format-form.ts'

export interface SchemaFieldProps {
  flag: CommandFlag
  text: string
  /** What holds while it is empty, where that is not the schema's own default; null: nothing. */
  fallback?: string | null | undefined
  fallbackWord?: string
  fault?: string | undefined
  /** Beside the label: how it differs from what it was. */
  mark?: ReactNode
  onText: (text: string) => void
}

/** One field of a schema: its name, what it may be, and what is wrong with what it is. */
export function SchemaField({
  flag,
  text,
  fallback = fallbackOf(flag) ?? null,
  fallbackWord = 'default',
  fault,
  mark,
  onText,
}: SchemaFieldProps) {
  const [id, hint] = [useId(), useId()]
  const { field, description } = flag
  const isWide = field === 'notes'
  const attributes = { id, name: field, 'aria-invalid': fault !== undefined, 'aria-describedby': hint }
  return (
    <div className={isWide ? 'field wide-field' : 'field'}>
      <label htmlFor={id}>
        {field} {mark}
      </label>
      <Control {...{ flag, text, fallback, fallbackWord, attributes, onText }} />
      <p id={hint} className={fault === undefined ? 'hint' : 'hint fault'}>
        {fault === undefined ? description : `✕ ${fault}`}
      </p>
    </div>
  )
}

interface ControlProps extends Pick<SchemaFieldProps, 'flag' | 'text' | 'onText'> {
  fallback: string | null
  fallbackWord: string
  attributes: { id: string; name: string; 'aria-invalid': boolean; 'aria-describedby': string }
}

function Control({ flag: { field, kind, choices }, text, fallback, fallbackWord, attributes, onText }: ControlProps) {
  const options = choices ?? (kind === 'boolean' ? ['true', 'false'] : null)
  if (options) {
    return (
      <select {...attributes} value={text === fallback ? '' : text} onChange={(event) => onText(event.currentTarget.value)}>
        <option value="">{fallback === null ? `by ${fallbackWord}` : `${wordFor(fallback)} (${fallbackWord})`}</option>
        {options
          .filter((option) => option !== fallback)
          .map((option) => (
            <option key={option} value={option}>
              {wordFor(option)}
            </option>
          ))}
        {text !== '' && !options.includes(text) && <option value={text}>{text}</option>}
      </select>
    )
  }
  const shared = { ...attributes, value: text, placeholder: fallback ?? undefined, autoComplete: 'off', spellCheck: false }
  if (field === 'notes') return <textarea {...shared} rows={3} onChange={(event) => onText(event.currentTarget.value)} />
  return (
    <input
      {...shared}
      type="text"
      inputMode={kind === 'number' ? 'decimal' : 'text'}
      onChange={(event) => onText(event.currentTarget.value)}
    />
  )
}

const wordFor = (option: string): string => (option === 'true' ? 'yes' : option === 'false' ? 'no' : option)
