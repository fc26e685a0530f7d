import type { Prediction } from '@trainyard/client'
import { formatShare } from '@trainyard/contracts'

/** The likeliest names, first the likeliest, each with a bar as long as it is likely. */
export const ClassList = ({ classes }: { classes: Prediction['classes'] }) => (
  <ol className="classes">
    {classes.map(({ label, name, probability }) => (
      <li key={label}>
        <span className="class-name">{name}</span>
        <span className="class-bar" aria-hidden="true">
          <span style={{ width: `${100 * probability}%` }} />
        </span>
        <span className="class-share">{formatShare(probability)}</span>
      </li>
    ))}
  </ol>
)
