import { useId } from 'react'
import { Page } from '../parts/page.tsx'

/** Asks for the API key of this tab. */
export function KeyForm(props: { refused: boolean; hasKey: boolean; onKey: (apiKey: string | undefined) => void }) {
  const { refused, hasKey, onKey } = props
  const [field, note] = [useId(), useId()]
  return (
    <Page title="Your key">
      <form
        className="card narrow"
        onSubmit={(event) => {
          event.preventDefault()
          const given = new FormData(event.currentTarget).get('key')
          if (typeof given === 'string' && given.trim() !== '') onKey(given.trim())
        }}
      >
        <label htmlFor={field}>API key</label>
        <input id={field} name="key" type="password" autoComplete="off" spellCheck={false} required aria-describedby={note} />
        <p id={note} className={refused ? 'fault' : 'muted'} role={refused ? 'alert' : undefined}>
          {refused
            ? 'The service does not know this key, or it was revoked: check it, or ask an admin of the service for another.'
            : 'An admin of the service creates keys: trainyard keys create NAME. The key stays in this tab and is removed when it closes.'}
        </p>
        <div className="row">
          <button type="submit" className="primary">
            Use this key
          </button>
          {hasKey && (
            <button type="button" onClick={() => onKey(undefined)}>
              Remove the key
            </button>
          )}
        </div>
      </form>
    </Page>
  )
}
