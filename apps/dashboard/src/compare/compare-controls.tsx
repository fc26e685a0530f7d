import { useId } from 'react'
import { type CompareChoice, MEASURES, MAX_SMOOTHING } from './compare-choice.ts'
import { objectiveName } from '../parts/format-objective.ts'

/** How the curves are drawn. */
export function CompareControls({ choice, onChange }: { choice: CompareChoice; onChange: (changes: Partial<CompareChoice>) => void }) {
  const { measure, by, log, smoothing } = choice
  const [measureId, byId, smoothingId] = [useId(), useId(), useId()]
  return (
    <form className="row controls" aria-label="Chart options" onSubmit={(event) => event.preventDefault()}>
      <label htmlFor={measureId}>Measure</label>
      <select
        id={measureId}
        value={measure}
        onChange={({ target }) => onChange({ measure: MEASURES.find((each) => each === target.value) ?? 'loss' })}
      >
        {MEASURES.map((each) => (
          <option key={each} value={each}>
            {objectiveName(each)}
          </option>
        ))}
      </select>
      <label htmlFor={byId}>by</label>
      <select id={byId} value={by} onChange={({ target }) => onChange({ by: target.value === 'time' ? 'time' : 'epoch' })}>
        <option value="epoch">epoch</option>
        <option value="time">training time</option>
      </select>
      <label>
        <input type="checkbox" checked={log} onChange={({ target }) => onChange({ log: target.checked })} /> logarithmic
      </label>
      <label htmlFor={smoothingId}>Smoothing</label>
      <input
        id={smoothingId}
        type="range"
        min="0"
        max={MAX_SMOOTHING}
        step="0.05"
        value={smoothing}
        onChange={({ target }) => onChange({ smoothing: target.valueAsNumber })}
      />
      <output htmlFor={smoothingId} className="muted">
        {smoothing === 0 ? 'none' : smoothing.toFixed(2)}
      </output>
    </form>
  )
}
