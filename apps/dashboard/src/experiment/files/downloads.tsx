import type { Client, Experiment, ModelFileOptions } from '@trainyard/client'
import { formatBytes, isTerminal } from '@trainyard/contracts'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { ProblemNote } from '../../service/problem-note.tsx'
import { readBody } from '../../service/read-body.ts'
import { useClient } from '../../service/service.ts'
import { saveFile } from './save-file.ts'

const SHORT_ID = 12

interface Download {
  label: string
  name: string
  needsModel: boolean
  fetch: (client: Client, onBytes: (bytes: number) => void) => Promise<Blob>
}

/** What can be taken home. */
export function Downloads({ experiment }: { experiment: Experiment }) {
  const { id, model, state } = experiment
  const client = useClient()
  const [bytes, setBytes] = useState(0)
  const download = useMutation({
    mutationFn: async ({ name, fetch }: Download) => {
      setBytes(0)
      saveFile(await fetch(client, setBytes), { name })
    },
  })
  return (
    <section className="card" aria-label="Downloads">
      <h2>Downloads</h2>
      <div className="row">
        {downloadsOf(experiment).map((each) => (
          <button
            key={each.label}
            type="button"
            disabled={download.isPending || (each.needsModel && model === null)}
            onClick={() => download.mutate(each)}
          >
            {each.label}
          </button>
        ))}
      </div>
      <p className="muted download-state" role="status">
        {download.isPending
          ? `${download.variables.name}: ${formatBytes(bytes)}${download.variables.needsModel && model ? ` of at most ${formatBytes(model.bytes)}` : ''}`
          : download.isSuccess
            ? `${download.variables.name} is saved`
            : model
              ? `The model is that of epoch ${model.epoch}, the ${model.kind === 'best' ? 'best' : 'last'} one.`
              : isTerminal(state)
                ? 'It has no model.'
                : 'The model is available once it has completed.'}
      </p>
      <ProblemNote error={download.error} />
      <p className="try">{model ? <Link href={`/try?id=${id}`}>Try this model</Link> : <span className="muted">Try this model</span>}</p>
    </section>
  )
}

function downloadsOf({ id, model }: Experiment): Download[] {
  const short = id.slice(0, SHORT_ID)
  const file =
    (options: Omit<ModelFileOptions, 'kind'>): Download['fetch'] =>
    async (client, onBytes) => {
      // the page may fetch from its own host alone
      const response = await client.experiments.modelFile(id, { kind: model?.kind ?? 'best', ...options, redirect: false })
      return readBody(response, { onBytes })
    }
  return [
    {
      ...{ label: 'epochs.csv', name: `${short}-epochs.csv`, needsModel: false },
      fetch: async (client) => new Blob([await client.experiments.epochsCsv(id)], { type: 'text/csv' }),
    },
    {
      ...{ label: 'PyTorch module', name: `${short}.py`, needsModel: false },
      fetch: async (client) => new Blob([await client.experiments.pytorchSource(id)], { type: 'text/x-python' }),
    },
    { label: 'model.safetensors', name: `${short}.safetensors`, needsModel: true, fetch: file({ file: 'model.safetensors' }) },
    // model.json names weights.bin: both keep their names
    { label: 'tfjs model.json', name: 'model.json', needsModel: true, fetch: file({ file: 'model.json' }) },
    { label: 'tfjs weights.bin', name: 'weights.bin', needsModel: true, fetch: file({ file: 'weights.bin' }) },
  ]
}
