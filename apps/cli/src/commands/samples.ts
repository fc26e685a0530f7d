import { writeFile } from 'node:fs/promises'
import { DatasetName, formatBytes, type Sample, SamplesQuery } from '@trainyard/contracts'
import { parseFlags } from '@trainyard/schema-fields'
import type { Command } from 'commander'
import { z } from 'zod'
import { requestFlags } from '../flags/request-flags.ts'
import { type CliDeps, openSession } from '../terminal/session.ts'

const Out = z.object({ out: z.string().min(1).default('samples.png') })

export function addDatasetSamples(datasets: Command, deps: CliDeps): void {
  const command = datasets
    .command('samples')
    .description('sample images of a dataset as one PNG, and their labels')
    .argument('<name>', DatasetName.options.join(' or '))
    .option('--out <file>', 'the PNG file to write (default: samples.png)')
  for (const option of requestFlags(SamplesQuery)) command.addOption(option)
  command.action(async (name: string) => {
    const session = openSession(command, deps)
    const { out: file } = Out.parse(command.opts())
    const query = parseFlags(SamplesQuery, command.opts())
    const picture = await session.client.datasets.samples(name, query)
    await writeFile(file, picture)
    const { items } = await session.client.datasets.sampleList(name, query)
    if (session.json) return session.printJson({ file, bytes: picture.length, items })
    session.print(`${file}  ${formatBytes(picture.length)}`, ...rowLines(items))
  })
}

/** The names as they stand in the picture. */
const rowLines = (items: readonly Sample[]): string[] =>
  [...Map.groupBy(items, ({ row }) => row).values()].map((row) => row.map(({ name }) => name).join(' · '))
