import { useId } from 'react'
import type { ForkOrigin } from './fork-changes.ts'

interface ForkOriginFieldsProps {
  origins: readonly ForkOrigin[]
  origin: ForkOrigin
  reset: boolean
  onOrigin: (origin: ForkOrigin) => void
  onReset: (reset: boolean) => void
}

/** The kept epoch, and whether its momentum goes on. */
export function ForkOriginFields({ origins, origin, reset, onOrigin, onReset }: ForkOriginFieldsProps) {
  const [epoch, epochHint, momentum, momentumHint] = [useId(), useId(), useId(), useId()]
  return (
    <>
      <div className="field">
        <label htmlFor={epoch}>epoch</label>
        <select
          id={epoch}
          aria-describedby={epochHint}
          value={origin.epoch}
          onChange={(event) => {
            const chosen = origins.find((each) => String(each.epoch) === event.currentTarget.value)
            if (chosen) onOrigin(chosen)
          }}
        >
          {origins.map((each) => (
            <option key={each.epoch} value={each.epoch}>
              {each.epoch}: {each.hasMomentum ? 'a checkpoint' : 'a model'}
            </option>
          ))}
        </select>
        <p id={epochHint} className="hint">
          the retained epoch to start from; a checkpoint has weights and momentum, a model only the weights
        </p>
      </div>
      <div className="field">
        <label htmlFor={momentum}>resetOptimizer</label>
        <select
          id={momentum}
          aria-describedby={momentumHint}
          value={reset || !origin.hasMomentum ? 'true' : 'false'}
          disabled={!origin.hasMomentum}
          onChange={(event) => onReset(event.currentTarget.value === 'true')}
        >
          <option value="false">no: it continues</option>
          <option value="true">yes: starts at zero</option>
        </select>
        <p id={momentumHint} className="hint">
          {origin.hasMomentum
            ? 'whether the momentum of SGD starts at zero'
            : 'this epoch is retained as a model, without its momentum, which starts at zero'}
        </p>
      </div>
    </>
  )
}
