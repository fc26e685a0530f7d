import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ModelFileOptions } from '@trainyard/client'
import { type Experiment, formatBytes } from '@trainyard/contracts'
import type { Command } from 'commander'
import { z } from 'zod'
import { type CliDeps, openSession, type Session } from '../terminal/session.ts'

const FORMATS = {
  pytorch: ['model.safetensors'],
  tfjs: ['model.json', 'weights.bin'],
  csv: [],
  json: [],
} as const satisfies Record<string, readonly ModelFileOptions['file'][]>

const ExportOptions = z.object({
  format: z.enum(['pytorch', 'tfjs', 'csv', 'json']).default('pytorch'),
  out: z.string().min(1).default('.'),
})

export function addExport(program: Command, deps: CliDeps): void {
  const command = program
    .command('export')
    .description('export the model of an experiment for PyTorch or TensorFlow.js, or its epochs as CSV or JSON')
    .argument('<id>', 'an id, the beginning of one, or latest')
    .option(
      '--format <name>',
      'pytorch: module.py and model.safetensors; tfjs: model.json and weights.bin; csv: epochs.csv; json: experiment.json, with everything (default: pytorch)',
    )
    .option('--out <folder>', 'the folder to write to (default: the current one)')
    .action(async (id: string) => {
      const session = openSession(command, deps)
      const { format, out } = ExportOptions.parse(command.opts())
      await mkdir(out, { recursive: true })
      const experiment = await session.client.experiments.get(id)
      const kind = experiment.model?.kind ?? 'best'
      const written: { file: string; bytes: number }[] = []
      for (const file of FORMATS[format]) written.push(await save(path.join(out, file), { session, id: experiment.id, kind, file }))
      if (format === 'csv')
        written.push(await saveText(path.join(out, 'epochs.csv'), await session.client.experiments.epochsCsv(experiment.id)))
      if (format === 'json') written.push(await saveText(path.join(out, 'experiment.json'), await everythingOf(experiment, session)))
      if (format === 'pytorch')
        written.push(await saveText(path.join(out, 'module.py'), await session.client.experiments.pytorchSource(experiment.id)))
      if (session.json) return session.printJson({ files: written })
      session.print(...written.map(({ file, bytes }) => `${file}  ${formatBytes(bytes)}`))
    })
}

async function save(to: string, { session, id, ...what }: ModelFileOptions & { session: Session; id: string }) {
  const { body } = await session.client.experiments.modelFile(id, what)
  let bytes = 0
  const counted = async function* (pieces: AsyncIterable<Uint8Array>) {
    for await (const piece of pieces) {
      bytes += piece.length
      yield piece
    }
  }
  await pipeline(Readable.from(body ?? []), counted, createWriteStream(to))
  return { file: to, bytes }
}

async function saveText(to: string, content: string) {
  await writeFile(to, content)
  return { file: to, bytes: Buffer.byteLength(content) }
}

/** What the service knows of an experiment, but for its weights. */
async function everythingOf(experiment: Experiment, { client: { experiments } }: Session): Promise<string> {
  const { id } = experiment
  const [epochs, batches, layers, logs] = await Promise.all([
    experiments.epochs(id),
    experiments.batches(id, { reduce: 'none' }),
    experiments.layers(id),
    experiments.logs(id),
  ])
  const all = { experiment, epochs: epochs.items, batches: batches.items, layers: layers.items, logs: logs.items }
  return `${JSON.stringify(all, undefined, 2)}\n`
}
