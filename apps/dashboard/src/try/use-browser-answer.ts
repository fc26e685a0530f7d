import type { Prediction } from '@trainyard/client'
import { likeliest } from '@trainyard/inference'
import { useEffect, useState } from 'react'
import { useClient } from '../service/service.ts'
import { type Downloaded, loadBrowserModel, type LoadedModel } from './models/load-browser-model.ts'
import type { ExperimentWithModel } from './models/use-experiments-with-model.ts'
import type { PhotoPixels } from './photo/use-photo-pixels.ts'

type Loading =
  | { stage: 'none' }
  | { stage: 'loading'; progress: Downloaded | null }
  | { stage: 'ready'; loaded: LoadedModel }
  | { stage: 'failed'; error: unknown }

export interface BrowserAnswer {
  loading: Loading
  classes: Prediction['classes'] | null
  error: unknown
}

interface Wanted {
  experiment: ExperimentWithModel
  seen: PhotoPixels | null
  /** The model is loaded on demand. */
  isAsked: boolean
}

/** This browser's prediction for the photo, with a model that it loads on demand. */
export function useBrowserAnswer({ experiment, seen, isAsked }: Wanted): BrowserAnswer {
  const loading = useLoadedModel(experiment, isAsked)
  const loaded = loading.stage === 'ready' ? loading.loaded : null
  const [answer, setAnswer] = useState<{ seen: PhotoPixels; classes: Prediction['classes'] | null; error: unknown } | null>(null)
  useEffect(() => {
    if (!loaded || !seen) return undefined
    let isLate = false
    loaded.model.logits(seen.pixels).then(
      (logits) => !isLate && setAnswer({ seen, classes: likeliest(logits, loaded.classNames), error: null }),
      (error: unknown) => !isLate && setAnswer({ seen, classes: null, error }),
    )
    return () => {
      isLate = true
      setAnswer(null)
    }
  }, [loaded, seen])
  const isOfPhoto = answer !== null && answer.seen === seen
  return { loading, classes: isOfPhoto ? answer.classes : null, error: isOfPhoto ? answer.error : null }
}

function useLoadedModel({ id, model: { kind } }: ExperimentWithModel, isAsked: boolean): Loading {
  const client = useClient()
  const [state, setState] = useState<Loading>({ stage: 'none' })
  useEffect(() => {
    if (!isAsked) return undefined
    const leaving = new AbortController()
    let opened: LoadedModel | null = null
    const report = (next: Loading): void => {
      if (!leaving.signal.aborted) setState(next)
    }
    report({ stage: 'loading', progress: null })
    loadBrowserModel({ client, id, kind, signal: leaving.signal, onProgress: (progress) => report({ stage: 'loading', progress }) }).then(
      (loaded) => {
        if (leaving.signal.aborted) return loaded.model.dispose()
        opened = loaded
        return report({ stage: 'ready', loaded })
      },
      (error: unknown) => report({ stage: 'failed', error }),
    )
    return () => {
      leaving.abort()
      opened?.model.dispose()
      setState({ stage: 'none' })
    }
  }, [client, id, kind, isAsked])
  return state
}
