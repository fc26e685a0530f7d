import { NormType } from '@trainyard/contracts'
import type { CommandFlag } from '@trainyard/schema-fields'
import { useId } from 'react'
import { PROBE_FLAGS, type ProbeTexts, type ReadProbe } from './format-probe.ts'

interface ProbeFieldsProps {
  texts: ProbeTexts
  faults: ReadProbe['faults']
  onChange: (field: string, text: string) => void
  onSubmit: () => void
}

/** Several at once may be chosen of these. */
const CHOICES: Readonly<Record<string, readonly { text: string; label: string }[]>> = {
  norms: NormType.options.map((norm) => ({ text: norm, label: norm })),
  biases: [
    { text: 'true', label: 'with' },
    { text: 'false', label: 'without' },
  ],
}

/** A field for each of a probe's. */
export function ProbeFields({ texts, faults, onChange, onSubmit }: ProbeFieldsProps) {
  return (
    <form
      id="probe"
      className="card probe-fields"
      aria-label="Networks and their input"
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {PROBE_FLAGS.map((flag) => {
        const Field = flag.field in CHOICES ? Checkboxes : OneField
        const text = texts[flag.field] ?? ''
        return (
          <Field key={flag.field} flag={flag} text={text} fault={faults[flag.field]} onText={(changed) => onChange(flag.field, changed)} />
        )
      })}
    </form>
  )
}

interface FieldProps {
  flag: CommandFlag
  text: string
  fault: string | undefined
  onText: (text: string) => void
}

function OneField({ flag: { field, kind, choices, description }, text, fault, onText }: FieldProps) {
  const [id, hint] = [useId(), useId()]
  const attributes = { id, name: field, value: text, 'aria-invalid': fault !== undefined, 'aria-describedby': hint }
  return (
    <div className="probe-field">
      <label htmlFor={id}>{field}</label>
      {choices ? (
        <select {...attributes} onChange={({ target }) => onText(target.value)}>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          {...attributes}
          type="text"
          inputMode={kind === 'number' ? 'numeric' : 'text'}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => onText(target.value)}
        />
      )}
      <Hint id={hint} fault={fault} description={kind === 'numbers' ? `${description}; 0-9 or 1,2,4` : description} />
    </div>
  )
}

function Checkboxes({ flag: { field, description }, text, fault, onText }: FieldProps) {
  const hint = useId()
  const choices = CHOICES[field] ?? []
  const chosen = text.split(',')
  const change = (changed: string, isChosen: boolean): void =>
    onText(
      choices
        .map((choice) => choice.text)
        .filter((each) => (each === changed ? isChosen : chosen.includes(each)))
        .join(','),
    )
  return (
    <fieldset className="probe-field" aria-describedby={hint}>
      <legend>{field}</legend>
      <div className="row">
        {choices.map((choice) => (
          <label key={choice.text}>
            <input
              type="checkbox"
              name={field}
              checked={chosen.includes(choice.text)}
              onChange={({ target }) => change(choice.text, target.checked)}
            />{' '}
            {choice.label}
          </label>
        ))}
      </div>
      <Hint id={hint} fault={fault} description={description.split(';')[0] ?? ''} />
    </fieldset>
  )
}

const Hint = ({ id, fault, description }: { id: string; fault: string | undefined; description: string }) => (
  <p id={id} className={fault === undefined ? 'hint' : 'hint fault'}>
    {fault === undefined ? description : `✕ ${fault}`}
  </p>
)
