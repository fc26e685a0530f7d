import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { applyTheme, nextTheme, readTheme } from './theme.ts'

const VIEWS = [
  { to: '/', name: 'Experiments', below: /^\/($|experiments)/ },
  { to: '/new', name: 'New', below: /^\/new/ },
  { to: '/compare', name: 'Compare', below: /^\/compare/ },
  { to: '/sweeps', name: 'Sweeps', below: /^\/sweeps/ },
  { to: '/signal', name: 'Signal lab', below: /^\/signal/ },
  { to: '/try', name: 'Try a model', below: /^\/try/ },
  { to: '/workers', name: 'Workers', below: /^\/workers/ },
] as const

export function TopBar({ hasKey, onKey }: { hasKey: boolean; onKey: () => void }) {
  const [location] = useLocation()
  const [theme, setTheme] = useState(readTheme)
  function turn(): void {
    const next = nextTheme(theme)
    applyTheme(next)
    setTheme(next)
  }
  return (
    <header className="top-bar">
      <Link href="/" className="brand">
        Trainyard
      </Link>
      <nav aria-label="Views">
        {VIEWS.map(({ to, name, below }) => (
          <Link key={to} href={to} aria-current={below.test(location) ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      <div className="row end">
        <a href="/docs">API</a>
        <button type="button" className="quiet" onClick={turn}>
          Theme: {theme}
        </button>
        <button type="button" className="quiet" onClick={onKey}>
          {hasKey ? 'Key' : 'No key'}
        </button>
      </div>
    </header>
  )
}
