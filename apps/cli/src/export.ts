import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ModelFileOptions } from '@trainyard/client'
import type { Command } from 'commander'
import { z } from 'zod'
import { formatBytes } from './measures.ts'
import { type CliDeps, openSession, type Session } from './session.ts'

const FORMATS = {
  pytorch: ['model.safetensors'],
  tfjs: ['model.json', 'weights.bin'],
} as const satisfies Record<string, readonly ModelFileOptions['file'][]>

const ExportOptions = z.object({ format: z.enum(['pytorch', 'tfjs']).default('pytorch'), out: z.string().min(1).default('.') })

export function addExport(program: Command, deps: CliDeps): void {
  const command = program
    .command('export')
    .description('the model that an experiment has kept, as files for PyTorch or TensorFlow.js')
    .argument('<id>', 'an id, the beginning of one, or latest')
    .option('--format <name>', 'pytorch: module.py and model.safetensors; tfjs: model.json and weights.bin (default: pytorch)')
    .option('--out <folder>', 'where to put them (default: here)')
    .action(async (id: string) => {
      const session = openSession(command, deps)
      const { format, out } = ExportOptions.parse(command.opts())
      await mkdir(out, { recursive: true })
      const experiment = await session.client.experiments.get(id)
      const kind = experiment.model?.kind ?? 'best'
      const written: { file: string; bytes: number }[] = []
      for (const file of FORMATS[format]) written.push(await save(path.join(out, file), { session, id: experiment.id, kind, file }))
      if (format === 'pytorch') written.push(await saveSource(path.join(out, 'module.py'), { session, id: experiment.id }))
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

async function saveSource(to: string, { session, id }: { session: Session; id: string }) {
  const source = await session.client.experiments.pytorchSource(id)
  await writeFile(to, source)
  return { file: to, bytes: Buffer.byteLength(source) }
}
