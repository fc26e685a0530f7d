import {
  type Epoch,
  type EpochLayers,
  type ExperimentEvent,
  type ExperimentState,
  fromJsonNumber,
  type JsonNumber,
  type LogLine,
  type Progress,
} from '@trainyard/contracts'
import { createLayerBuffer } from './layer-buffer.ts'
import { createStepBuffer, type Steps } from './step-buffer.ts'

const MAX_LINES = 1000

/** The epochs' numbers as columns, by epoch; NaN: not measured, or no number. */
export type EpochColumns = Record<'epoch' | keyof Numbers, readonly number[]>

/** What is known of a run now. A part that has not changed is the same object as before. */
export interface RunView {
  epochs: EpochColumns
  steps: Steps
  layers: readonly EpochLayers[]
  logs: readonly LogLine[]
  progress: Progress | null
  state: ExperimentState | null
  /** Snapshots in place of missed events: after each, layers and log must be fetched. */
  gaps: number
  /** Nothing more will come. */
  ended: boolean
}

/** What lies before a gap. */
interface Older {
  layers: readonly EpochLayers[]
  logs: readonly LogLine[]
}

export interface RunSeries {
  apply(event: ExperimentEvent): void
  addOlder(older: Older): void
  view: () => RunView
  subscribe: (listener: () => void) => () => void
}

/** The state of one run from its events, in bounded memory. Listeners are called when `schedule` runs: once per frame, for any number of events. */
export function createRunSeries({ schedule }: { schedule: (notify: () => void) => void }): RunSeries {
  const [epochs, steps, layers] = [new Map<number, Numbers>(), createStepBuffer(), createLayerBuffer()]
  let logs: LogLine[] = []
  const listeners = new Set<() => void>()
  let view: RunView = {
    epochs: columnsOf(epochs),
    steps: steps.read(),
    layers: [],
    logs,
    progress: null,
    state: null,
    gaps: 0,
    ended: false,
  }
  /** Parts that have changed since `view` was made: made when they are read, for that is rarer. */
  const changed = new Set<keyof typeof parts>()
  const parts = {
    epochs: () => ({ epochs: columnsOf(epochs) }),
    steps: () => ({ steps: steps.read() }),
    layers: () => ({ layers: layers.read() }),
    logs: () => ({ logs: [...logs] }),
  }
  let scheduled = false

  function update(part: keyof typeof parts | Partial<RunView>): void {
    if (typeof part === 'string') changed.add(part)
    else view = { ...view, ...part }
    if (scheduled) return
    scheduled = true
    schedule(() => {
      scheduled = false
      for (const listener of listeners) listener()
    })
  }

  return {
    apply({ type, data }) {
      switch (type) {
        case 'epoch':
          epochs.set(data.epoch, numbersOf(data))
          return update('epochs')
        case 'batch':
          steps.add(data)
          return update('steps')
        case 'layers':
          layers.add(data)
          return update('layers')
        case 'log':
          logs = [...logs, data].slice(-MAX_LINES)
          return update('logs')
        case 'progress':
          return update({ progress: data })
        case 'state':
          return update({ state: data.state })
        case 'end':
          return update({ state: data.state, ended: true })
        case 'snapshot':
          epochs.clear()
          for (const epoch of data.epochs) epochs.set(epoch.epoch, numbersOf(epoch))
          update('epochs')
          return update({ progress: data.experiment.progress, state: data.experiment.state, gaps: view.gaps + 1 })
      }
    },
    addOlder(older) {
      for (const each of older.layers) layers.add(each)
      update('layers')
      // lines that came meanwhile are among the older ones, too
      const known = new Set(older.logs.map((line) => JSON.stringify(line)))
      logs = [...older.logs, ...logs.filter((line) => !known.has(JSON.stringify(line)))].slice(-MAX_LINES)
      update('logs')
    },
    view() {
      for (const part of changed) view = { ...view, ...parts[part]() }
      changed.clear()
      return view
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

type Numbers = Record<'loss' | 'accuracy' | 'evalLoss' | 'evalAccuracy' | 'evalTop5Accuracy', number>

/** Of an epoch only what is drawn; NaN: not measured. */
function numbersOf({ loss, accuracy, evalLoss, evalAccuracy, evalTop5Accuracy }: Epoch): Numbers {
  const number = (value: JsonNumber | null): number => (value === null ? NaN : fromJsonNumber(value))
  return {
    loss: number(loss),
    accuracy: number(accuracy),
    evalLoss: number(evalLoss),
    evalAccuracy: number(evalAccuracy),
    evalTop5Accuracy: number(evalTop5Accuracy),
  }
}

function columnsOf(epochs: ReadonlyMap<number, Numbers>): EpochColumns {
  const sorted = [...epochs].toSorted(([a], [b]) => a - b)
  const column = (name: keyof Numbers): number[] => sorted.map(([, numbers]) => numbers[name])
  return {
    epoch: sorted.map(([epoch]) => epoch),
    loss: column('loss'),
    accuracy: column('accuracy'),
    evalLoss: column('evalLoss'),
    evalAccuracy: column('evalAccuracy'),
    evalTop5Accuracy: column('evalTop5Accuracy'),
  }
}
