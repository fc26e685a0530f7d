import { formatBytes, formatCount, type GarbageReport } from '@trainyard/contracts'
import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { type CliDeps, openSession } from '../terminal/session.ts'

const GcOptions = z.object({ dryRun: z.boolean().default(false), unknown: z.boolean().default(false), maxDisk: z.number().optional() })
const UNITS: Record<string, number> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 }

const REASONS: readonly { reason: keyof GarbageReport['removed']; words: string }[] = [
  { reason: 'unused', words: 'that no experiment needs' },
  { reason: 'deleted', words: 'of deleted experiments' },
  { reason: 'unknown', words: 'of experiments that this service does not know' },
  { reason: 'overLimit', words: 'of the oldest ended experiments' },
]

export function addGc(program: Command, deps: CliDeps): void {
  const command = program
    .command('gc')
    .description('remove checkpoints and models that no experiment needs')
    .option('--dry-run', 'only report what would be removed')
    .option(
      '--max-disk <size>',
      'also remove artifacts of ended experiments, oldest first, until the rest takes at most this size, like 20GB',
      toBytes,
    )
    .option('--unknown', 'also remove artifacts of experiments that this service does not know')
    .action(async () => {
      const session = openSession(command, deps)
      const { dryRun, unknown, maxDisk } = GcOptions.parse(command.opts())
      const report = await session.client.artifacts.collectGarbage({ dryRun, unknown, maxBytes: maxDisk })
      if (session.json) return session.printJson(report)
      session.print(...reportLines(report))
      if (!report.fits) session.warn('warning: live and unknown experiments alone exceed the limit')
    })
}

function reportLines({ dryRun, removed, keptBytes, unknownBytes }: GarbageReport): string[] {
  const did = dryRun ? 'would remove' : 'removed'
  const lines = REASONS.filter(({ reason }) => removed[reason].files > 0).map(({ reason, words }) => {
    const { files, bytes } = removed[reason]
    return `${did} ${formatCount(files)} ${files === 1 ? 'file' : 'files'} ${words}, ${formatBytes(bytes)}`
  })
  const unknown = unknownBytes > 0 ? `, ${formatBytes(unknownBytes)} of them of experiments that this service does not know` : ''
  return [...(lines.length > 0 ? lines : ['there is nothing to remove']), `${formatBytes(keptBytes)} are kept${unknown}`]
}

function toBytes(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text) ?? []
  const bytes = Number(number) * (UNITS[unit.toUpperCase()] ?? NaN)
  if (bytes >= 1) return Math.floor(bytes)
  throw new InvalidArgumentError('It must be a size like 20GB or 500MiB.')
}
