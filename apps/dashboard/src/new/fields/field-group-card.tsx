import { type ReactNode, useId, useState } from 'react'

/** Some fields under a title, which opens and closes them; those at fault are never hidden. */
export function FieldGroupCard(props: { title: string; open: boolean; hasFault?: boolean; children: ReactNode }) {
  const { title, hasFault = false, children } = props
  const [open, setOpen] = useState(props.open)
  const heading = useId()
  return (
    <details className="card field-group" open={open || hasFault} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2 id={heading}>{title}</h2>
      </summary>
      <div className="fields" role="group" aria-labelledby={heading}>
        {children}
      </div>
    </details>
  )
}
