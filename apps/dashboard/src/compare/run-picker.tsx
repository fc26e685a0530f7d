import type { Experiment } from '@trainyard/client'
import { MAX_COMPARED } from '@trainyard/contracts'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { Link } from 'wouter'
import { configLabels } from '../parts/config-chips.tsx'
import { Empty } from '../parts/empty.tsx'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'
import { StateBadge } from '../parts/state-badge.tsx'
import { matchesSearch } from './matches-search.ts'

const NEWEST = 200

/** Experiments to choose from, the newest first. */
export function RunPicker({ compared, onChoose }: { compared: readonly string[]; onChoose: (ids: string[]) => void }) {
  const client = useClient()
  const { data, error } = useQuery({
    queryKey: ['compare', 'newest'],
    queryFn: () => client.experiments.list({ pageSize: NEWEST }),
  })
  const [words, setWords] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>([])
  const search = useId()
  const others = data?.items.filter(({ id }) => !compared.includes(id))
  const shown = others?.filter((experiment) => matchesSearch(experiment, words))
  const isFull = compared.length + chosen.length >= MAX_COMPARED
  const toggle = (id: string, isChosen: boolean): void => setChosen(isChosen ? [...chosen, id] : chosen.filter((each) => each !== id))

  if (others?.length === 0 && compared.length === 0)
    return (
      <Empty title="No experiments yet">
        <p>
          <Link href="/new">Start one</Link>, then another with one field changed, and compare them here.
        </p>
      </Empty>
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onChoose([...chosen])
      }}
    >
      <div className="row controls">
        <label htmlFor={search}>Search</label>
        <input
          id={search}
          type="search"
          value={words}
          placeholder="name, tag, batch, lr"
          onChange={({ target }) => setWords(target.value)}
        />
        <button type="submit" className="primary" disabled={chosen.length === 0}>
          {compared.length > 0 ? 'Add' : 'Compare'} {chosen.length === 1 ? '1 run' : `${chosen.length} runs`}
        </button>
        {isFull && <span className="muted">At most {MAX_COMPARED} runs can be compared.</span>}
      </div>
      <ProblemNote error={error} />
      <ul className="run-picker" aria-label="Newest experiments" aria-busy={!data}>
        {shown?.map((experiment) => (
          <PickedRun
            key={experiment.id}
            experiment={experiment}
            isChosen={chosen.includes(experiment.id)}
            isFull={isFull}
            onToggle={(isChosen) => toggle(experiment.id, isChosen)}
          />
        ))}
        {shown?.length === 0 && <li className="muted">No run matches. Try fewer words.</li>}
      </ul>
      {data?.nextPageToken != null && <p className="muted">The newest {NEWEST}. Older ones can be added to the address by their ids.</p>}
    </form>
  )
}

function PickedRun(props: { experiment: Experiment; isChosen: boolean; isFull: boolean; onToggle: (isChosen: boolean) => void }) {
  const { experiment, isChosen, isFull, onToggle } = props
  const { id, name, state, config } = experiment
  return (
    <li>
      <label>
        <input type="checkbox" checked={isChosen} disabled={isFull && !isChosen} onChange={({ target }) => onToggle(target.checked)} />
        <span className="run-name">{name ?? id}</span>
        <StateBadge state={state} />
        <span className="muted">{configLabels(config).join(' · ')}</span>
      </label>
    </li>
  )
}
