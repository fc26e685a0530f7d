import type { DryRun } from '@trainyard/client'
import { flowHeight, shapeFlow } from './shape-flow.ts'

/** One batch on its way through the network: a bar for each stage, as high as it has numbers per image (on a log scale). */
export function ShapeFlow({ shapes }: { shapes: DryRun['shapes'] | null }) {
  const stages = shapes ? shapeFlow(shapes) : []
  return (
    <div className="wide flow-box" role="region" aria-label="Shapes of one batch" tabIndex={0}>
      <ol className="flow">
        {stages.map((stage) => (
          <li key={stage.name}>
            <span className="flow-bars" aria-hidden="true">
              {Array.from({ length: Math.min(stage.layers, 8) }, (_, i) => (
                <span key={i} style={{ height: `${100 * flowHeight(stage, stages)}%` }} />
              ))}
            </span>
            <b>{stage.name}</b>
            <span>{stage.shape.join(' × ')}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}
