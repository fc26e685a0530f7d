import type { WorkerInfo } from '@trainyard/client'
import { formatBytes } from '@trainyard/contracts'
import { DrainButton } from './drain-button.tsx'
import { GpuTable } from './gpu-table.tsx'
import { SlotTable } from './slot-table.tsx'

export function WorkerCard({ worker }: { worker: WorkerInfo }) {
  const { id, host, pid, version, pools, engine, memoryBytes, slots, gpus, cachedSplits, unhealthyReason, startedAt, lastHeartbeatAt } =
    worker
  return (
    <section className="card" aria-label={`Worker ${id}`}>
      <header className="row">
        <h2>{host}</h2>
        <span className="muted">{id}</span>
        <span className="end">
          <DrainButton worker={worker} />
        </span>
      </header>
      {unhealthyReason !== null && <p className="fault">Unhealthy: {unhealthyReason}</p>}
      <div className="grid">
        <dl>
          <dt>Engine</dt>
          <dd>{engine === null ? 'loading' : `TensorFlow ${engine.version} (${engine.name}), ${engine.threads} threads`}</dd>
          <dt>Device</dt>
          <dd>{engine?.device ?? '–'}</dd>
          <dt>Pools</dt>
          <dd>{pools.join(', ')}</dd>
          <dt>Memory limit per experiment</dt>
          <dd>{formatBytes(memoryBytes)}</dd>
        </dl>
        <dl>
          <dt>Version</dt>
          <dd>
            {version}, process {pid}
          </dd>
          <dt>Since</dt>
          <dd>
            <time dateTime={startedAt}>{new Date(startedAt).toLocaleString()}</time>
          </dd>
          <dt>Last heartbeat</dt>
          <dd>
            <time dateTime={lastHeartbeatAt}>{new Date(lastHeartbeatAt).toLocaleTimeString()}</time>
          </dd>
          <dt>Has decoded</dt>
          <dd>
            {cachedSplits.map(({ dataset, split, imageSize }) => `${dataset} ${split} at ${imageSize} px`).join(', ') || 'nothing yet'}
          </dd>
        </dl>
      </div>
      <SlotTable slots={slots} />
      {gpus.length > 0 && <GpuTable gpus={gpus} />}
    </section>
  )
}
