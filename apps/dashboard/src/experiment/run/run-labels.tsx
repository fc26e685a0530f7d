import type { Experiment } from '@trainyard/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { ProblemNote } from '../../service/problem-note.tsx'
import { useClient } from '../../service/service.ts'
import { experimentKey } from '../curves/queries.ts'

/** Name, tags and notes, which people give and change. */
export function RunLabels({ experiment }: { experiment: Experiment }) {
  const [editing, setEditing] = useState(false)
  const { tags, notes } = experiment
  return (
    <section className="card" aria-label="Notes">
      <div className="row">
        <h2>Notes</h2>
        {!editing && (
          <button type="button" className="quiet end" onClick={() => setEditing(true)}>
            Edit name, tags and notes
          </button>
        )}
      </div>
      {editing ? (
        <LabelForm experiment={experiment} onDone={() => setEditing(false)} />
      ) : (
        <>
          {tags.length > 0 && (
            <ul className="chips" aria-label="Tags">
              {tags.map((tag) => (
                <li key={tag}>{tag}</li>
              ))}
            </ul>
          )}
          <p className={notes === null ? 'muted' : 'notes'}>{notes ?? 'No notes yet.'}</p>
        </>
      )}
    </section>
  )
}

function LabelForm({ experiment, onDone }: { experiment: Experiment; onDone: () => void }) {
  const { id } = experiment
  const client = useClient()
  const queries = useQueryClient()
  const [name, tags, notes] = [useId(), useId(), useId()]
  const change = useMutation({
    mutationFn: (form: FormData) => client.experiments.patch(id, changesIn(form)),
    onSuccess(changed) {
      queries.setQueryData(experimentKey(id), changed)
      onDone()
    },
  })
  return (
    <form
      className="labels"
      onSubmit={(event) => {
        event.preventDefault()
        change.mutate(new FormData(event.currentTarget))
      }}
    >
      <label htmlFor={name}>Name</label>
      <input id={name} name="name" maxLength={200} defaultValue={experiment.name ?? ''} />
      <label htmlFor={tags}>Tags, with commas between them</label>
      <input id={tags} name="tags" defaultValue={experiment.tags.join(', ')} />
      <label htmlFor={notes}>Notes</label>
      <textarea id={notes} name="notes" rows={4} maxLength={10_000} defaultValue={experiment.notes ?? ''} />
      <div className="row">
        <button type="submit" className="primary" disabled={change.isPending}>
          Save
        </button>
        <button type="button" onClick={onDone}>
          Discard changes
        </button>
      </div>
      <ProblemNote error={change.error} />
    </form>
  )
}

/** What is left empty is removed. */
function changesIn(form: FormData) {
  const text = (field: string): string => {
    const value = form.get(field)
    return typeof value === 'string' ? value.trim() : ''
  }
  const tags = text('tags').split(',')
  return {
    name: text('name') || null,
    notes: text('notes') || null,
    tags: tags.map((tag) => tag.trim()).filter((tag) => tag !== ''),
  }
}
