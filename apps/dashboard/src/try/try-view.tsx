import { useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { Empty } from '../parts/empty.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemNote } from '../service/problem-note.tsx'
import { ModelChoice } from './model-choice.tsx'
import { ModelTrial } from './model-trial.tsx'
import { useExperimentsWithModel } from './models/use-experiments-with-model.ts'
import './try.css'

/** A photo, and its prediction by a trained model. */
export function TryView() {
  const [params, setParams] = useSearchParams()
  const { experiments, chosen, named, error, isLoading } = useExperimentsWithModel(params.get('id'))
  // the photo stays while other models look at it
  const [photo, setPhoto] = useState<Parameters<typeof ModelTrial>[0]['photo']>(null)
  if (!isLoading && error === null && experiments.length === 0 && named === null) return <NoModels />
  return (
    <Page title="Try a model">
      {experiments.length === 0 ? (
        <div className="card model-choice" />
      ) : (
        <ModelChoice {...{ experiments, chosen }} onId={(id) => setParams({ id }, { replace: true })} />
      )}
      <ProblemNote error={error} />
      {named !== null && chosen === null && (
        <p className="fault" role="alert">
          {named.name ?? named.id} has no model:{' '}
          {named.state === 'completed' ? 'it was submitted with keepModel none' : `it is ${named.state}`}. Choose another one.
        </p>
      )}
      {chosen && <ModelTrial experiment={chosen} photo={photo} onPhoto={setPhoto} />}
    </Page>
  )
}

const NoModels = () => (
  <Page title="Try a model">
    <Empty title="No model yet">
      <p>
        An experiment keeps its model once it has completed. <Link href="/new">A new experiment</Link>
      </p>
    </Empty>
  </Page>
)
