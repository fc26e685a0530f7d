import type { Experiment } from '@trainyard/client'
import { CLASSES, formatShare } from '@trainyard/contracts'
import { useId, useMemo, useState } from 'react'
import type { Axes, Level, Range } from '../../charts/chart-options.ts'
import { Chart } from '../../charts/chart.tsx'
import { accuracyCurves, detailedEpochs, lossCurves } from '../curves/run-curves.ts'
import type { RunView } from '../curves/run-series.ts'
import { useSteps } from '../curves/use-steps.ts'

const GUESSING: readonly Level[] = [{ y: Math.log(CLASSES), label: 'guessing' }]
const GUESSED: readonly Level[] = [{ y: 1 / CLASSES, label: 'guessing' }]
const ACCURACY_AXES: Axes = { x: 'epoch', y: 'accuracy', formatY: formatShare }
const ACCURACY_PX = 220

/** Loss and accuracy, epoch by epoch; where few epochs are shown, step by step. */
export function RunCharts({ experiment, view }: { experiment: Experiment; view: RunView }) {
  const [logY, setLogY] = useState(false)
  const [smoothing, setSmoothing] = useState(0)
  const [range, setRange] = useState<Range | null>(null)
  const slider = useId()
  const { epoch, stepsPerEpoch } = view.progress ?? experiment.progress
  const lastEpoch = Math.max(epoch, view.epochs.epoch.at(-1) ?? 0)
  const detailed = useMemo(() => detailedEpochs({ range, lastEpoch }), [range, lastEpoch])
  const steps = useSteps({ id: experiment.id, view, epochs: detailed, stepsPerEpoch })
  const loss = useMemo(() => lossCurves({ epochs: view.epochs, steps, smoothing }), [view.epochs, steps, smoothing])
  const accuracy = useMemo(() => accuracyCurves(view.epochs), [view.epochs])
  const axes = useMemo((): Axes => ({ x: 'epoch', y: 'loss', logY }), [logY])
  return (
    <>
      <section className="card" aria-labelledby={`${slider}-loss`}>
        <div className="row">
          <h2 id={`${slider}-loss`}>Loss</h2>
          <div className="row end">
            <label>
              <input type="checkbox" checked={logY} onChange={(event) => setLogY(event.currentTarget.checked)} /> log axis
            </label>
            <label htmlFor={slider}>smoothing</label>
            <input
              {...{ id: slider, type: 'range', min: 0, max: 0.98, step: 0.02, value: smoothing }}
              onChange={(event) => setSmoothing(event.currentTarget.valueAsNumber)}
            />
            <output htmlFor={slider} className="smoothing">
              {smoothing.toFixed(2)}
            </output>
          </div>
        </div>
        <Chart
          label="Loss by epoch"
          {...{ curves: loss, axes, levels: GUESSING }}
          onZoom={(next) => setRange((now) => (now?.min === next?.min && now?.max === next?.max ? now : next))}
        />
        <p className="muted detail">{formatDetailed(detailed)}</p>
      </section>
      <section className="card" aria-labelledby={`${slider}-accuracy`}>
        <h2 id={`${slider}-accuracy`}>Accuracy</h2>
        <Chart label="Accuracy by epoch" curves={accuracy} axes={ACCURACY_AXES} levels={GUESSED} heightPx={ACCURACY_PX} />
      </section>
    </>
  )
}

function formatDetailed(epochs: readonly number[]): string {
  const [first, last] = [epochs[0], epochs.at(-1)]
  if (first === undefined) return 'Zoom in to eight epochs or fewer to see every step.'
  return first === last ? `Every step of epoch ${first} is shown.` : `Every step of epochs ${first} to ${last} is shown.`
}
