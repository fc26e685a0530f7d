import { type ReactNode, useEffect, useRef } from 'react'

/** No navigation has happened before the first page: then the focus is the browser's own matter. */
let shownBefore = false

/** One view: its heading takes the focus on navigation, so that a screen reader announces it. */
export function Page({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (shownBefore) heading.current?.focus()
    shownBefore = true
  }, [])
  useEffect(() => {
    document.title = `${title} · Trainyard`
  }, [title])
  return (
    <>
      <header className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions !== undefined && <div className="row">{actions}</div>}
      </header>
      {children}
    </>
  )
}
