import type { Experiment } from '@trainyard/client'
import { formatLoss, formatShare } from '@trainyard/contracts'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { configFacts } from './config-facts.ts'

const SHORT_ID = 12
const NOTHING = '–'

/** What the experiment is, what it runs on and where it comes from. */
export function RunFacts({ experiment }: { experiment: Experiment }) {
  const { id, config, configHash, datasetHash, engine, parent, replay, sweep, owner, pool, priority, best, warnings } = experiment
  const facts: [name: string, value: ReactNode][] = [
    ['id', <Copied key="id" text={id} />],
    [
      'best epoch',
      best ? `${best.epoch}: ${best.evalAccuracy === null ? formatLoss(best.loss) : formatShare(best.evalAccuracy)}` : NOTHING,
    ],
    ['engine', engine ? `TensorFlow ${engine.version} (${engine.name}), ${engine.device}, ${engine.threads} threads` : NOTHING],
    ['config hash', <Copied key="config" text={configHash} />],
    ['dataset hash', datasetHash === null ? NOTHING : <Copied key="dataset" text={datasetHash} />],
    ['pool, priority', `${pool}, ${priority}`],
    ...(owner === null ? [] : ([['owner', owner]] satisfies typeof facts)),
    ...(sweep ? ([['sweep', <SweepLink key="sweep" {...sweep} />]] satisfies typeof facts) : []),
    ...(parent ? ([['parent', <ParentLinks key="parent" id={id} parent={parent} />]] satisfies typeof facts) : []),
    ...(replay ? ([['replay', <ReplayResult key="replay" replay={replay} />]] satisfies typeof facts) : []),
  ]
  return (
    <section className="card" aria-label="Facts">
      <h2>Facts</h2>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name} className={name === 'engine' ? 'fact engine' : 'fact'}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {warnings.length > 0 && (
        <ul className="warnings">
          {warnings.map((warning) => (
            <li key={warning}>
              <b>Warning:</b> {warning}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>All settings</summary>
        <dl>
          {configFacts(config).map(({ field, value, given }) => (
            <div key={field} className="fact">
              <dt>{field}</dt>
              <dd>{given ? <b>{value} (given)</b> : value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  )
}

/** A long id in short, with a button that copies it whole. */
function Copied({ text }: { text: string }) {
  const [copied, setCopied] = useState(false)
  // browsers lend the clipboard to no page that came over plain HTTP from elsewhere
  if (!isSecureContext) return <code>{text}</code>
  return (
    <span className="copied">
      <code title={text}>{text.slice(0, SHORT_ID)}…</code>{' '}
      <button
        type="button"
        className="quiet"
        aria-label={`Copy ${text.slice(0, SHORT_ID)}`}
        onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
      >
        {copied ? 'copied' : 'copy'}
      </button>
    </span>
  )
}

const SweepLink = ({ id, trial }: { id: string; trial: number }) => (
  <>
    trial {trial} of <Link href={`/sweeps/${id}`}>{id.slice(0, SHORT_ID)}</Link>
  </>
)

function ParentLinks({ id, parent }: { id: string; parent: NonNullable<Experiment['parent']> }) {
  return (
    <>
      <Link href={`/experiments/${parent.id}`}>{parent.id.slice(0, SHORT_ID)}</Link>
      {parent.epoch > 0 ? ` from epoch ${parent.epoch}` : ' from the beginning'} ·{' '}
      <Link href={`/compare?ids=${parent.id},${id}`}>Compare with parent</Link>
    </>
  )
}

function ReplayResult({ replay: { of, comparedEpochs, difference } }: { replay: NonNullable<Experiment['replay']> }) {
  const layer = difference?.layer == null ? 'only losses differ' : `first in layer ${difference.layer}`
  return (
    <>
      of <Link href={`/experiments/${of}`}>{of.slice(0, SHORT_ID)}</Link>:{' '}
      {difference
        ? `differs from epoch ${difference.epoch} on, ${layer}`
        : comparedEpochs === 0
          ? 'nothing compared yet'
          : `the same bits in ${comparedEpochs === 1 ? '1 epoch' : `all ${comparedEpochs} epochs`} compared`}
    </>
  )
}
