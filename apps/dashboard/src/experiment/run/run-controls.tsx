import type { Experiment } from '@trainyard/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useLocation } from 'wouter'
import { ProblemNote } from '../../service/problem-note.tsx'
import { useClient } from '../../service/service.ts'
import { experimentKey } from '../curves/queries.ts'
import { type LifecycleCommand, commandsFor } from './run-actions.ts'

const NAMES: Record<LifecycleCommand, string> = {
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  retry: 'Retry',
  replay: 'Replay',
  fork: 'Fork',
}
const HINTS: Record<LifecycleCommand, string> = {
  pause: 'It runs to the end of its epoch, saves a checkpoint and frees its slot',
  resume: 'It is queued again and continues from its checkpoint',
  cancel: 'It ends within a step, for good',
  retry: 'A new experiment: the same config from the beginning',
  replay: 'A new experiment: the same config, and every epoch compared bit for bit',
  fork: 'A new experiment: continues from a retained epoch with other settings',
}

/** Buttons for what this state allows. */
export function RunControls({ experiment }: { experiment: Experiment }) {
  const { id, state } = experiment
  const client = useClient()
  const queries = useQueryClient()
  const [, goTo] = useLocation()
  const mutation = useMutation({
    mutationFn: (command: Exclude<LifecycleCommand, 'fork'>): Promise<Experiment> => client.experiments[command](id),
    onSuccess(answer) {
      queries.setQueryData(experimentKey(answer.id), answer)
      if (answer.id !== id) goTo(`/experiments/${answer.id}`)
    },
  })
  return (
    <div className="run-controls">
      <div className="row">
        {commandsFor(experiment).map((command) =>
          command === 'fork' ? (
            <Link key={command} className="button" href={`/experiments/${id}/fork`} title={HINTS[command]}>
              {NAMES[command]} …
            </Link>
          ) : (
            <button
              key={command}
              type="button"
              title={HINTS[command]}
              disabled={mutation.isPending}
              onClick={() => mutation.mutate(command)}
            >
              {NAMES[command]}
            </button>
          ),
        )}
        {state === 'canceling' && <span className="muted">stops within a step</span>}
        {state === 'pausing' && <span className="muted">pauses at the end of its epoch</span>}
      </div>
      <ProblemNote error={mutation.error} />
    </div>
  )
}
