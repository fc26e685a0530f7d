import type { ReactNode } from 'react'

/** What stands where a list is empty: why, and what to do. */
export const Empty = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className="empty card">
    <h2>{title}</h2>
    {children}
  </div>
)
