import type { Experiment } from '@trainyard/client'
import { formatShare } from '@trainyard/contracts'
import { useId } from 'react'
import { Link } from 'wouter'
import { ConfigChips } from '../parts/config-chips.tsx'
import type { ExperimentWithModel } from './models/use-experiments-with-model.ts'

interface ModelChoiceProps {
  experiments: readonly ExperimentWithModel[]
  chosen: ExperimentWithModel | null
  onId: (id: string) => void
}

/** Whose model names the photo. */
export function ModelChoice({ experiments, chosen, onId }: ModelChoiceProps) {
  const field = useId()
  return (
    <section className="card model-choice" aria-label="The model">
      <div className="row">
        <label htmlFor={field}>The model of</label>
        <select id={field} value={chosen?.id ?? ''} onChange={(event) => onId(event.currentTarget.value)}>
          {chosen === null && <option value="">choose one</option>}
          {experiments.map((experiment) => (
            <option key={experiment.id} value={experiment.id}>
              {labelOf(experiment)}
            </option>
          ))}
        </select>
        {chosen && <Link href={`/experiments/${chosen.id}`}>The experiment</Link>}
      </div>
      {chosen && <ConfigChips config={chosen.config} />}
    </section>
  )
}

function labelOf({ id, name, best }: Experiment): string {
  const accuracy = best?.evalAccuracy == null ? '' : `, ${formatShare(best.evalAccuracy)} right`
  return `${name ?? `…${id.slice(-6)}`}${accuracy}`
}
