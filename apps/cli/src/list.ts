import { type Experiment, ExperimentState, ExpectedError } from '@trainyard/contracts'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { formatLoss, formatShare } from './measures.ts'
import { type CliDeps, openSession } from './session.ts'
import { type Column, tableLines } from './text-table.ts'

const ListOptions = z.object({
  state: ExperimentState.optional(),
  tag: z.string().optional(),
  limit: z.string(),
  pageToken: z.string().optional(),
})

const COLUMNS: readonly Column<Experiment>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'state', value: ({ state }) => state },
  { title: 'epoch', value: ({ latest, config }) => `${latest?.epoch ?? 0}/${config.epochs}`, align: 'right' },
  { title: 'loss', value: ({ latest }) => formatLoss(latest?.loss ?? null), align: 'right' },
  { title: 'eval acc.', value: ({ latest }) => formatShare(latest?.evalAccuracy ?? null), align: 'right' },
  { title: 'dataset', value: ({ config }) => config.dataset },
  { title: 'layers', value: ({ config: { layerSizes, width } }) => layersOf(layerSizes, width) },
  { title: 'created', value: ({ createdAt }) => createdAt.slice(0, 19).replace('T', ' ') },
  { title: 'name', value: ({ name }) => name ?? '' },
]

export function addList(program: Command, deps: CliDeps): void {
  const command = program
    .command('list')
    .description('experiments, newest first')
    .addOption(new Option('--state <state>', 'only those in this state').choices(ExperimentState.options))
    .option('--tag <tag>', 'only those with this tag')
    .option('--limit <number>', 'how many at once, at most 200', '20')
    .option('--page-token <token>', 'the page after the one that showed this token')
    .action(async () => {
      const session = openSession(command, deps)
      const { limit, ...filters } = ListOptions.parse(command.opts())
      const page = await session.client.list({ ...filters, pageSize: toCount(limit) })
      if (session.json) return session.printJson(page)
      if (page.items.length === 0) {
        const filtered = filters.state !== undefined || filters.tag !== undefined
        return session.print(filtered ? 'no experiment fits; leave out --state or --tag to see all' : FIRST_STEPS)
      }
      const { header, lines } = tableLines(COLUMNS, page.items)
      session.print(session.style('dim', header), ...lines)
      if (page.nextPageToken) session.print(`more: trainyard list --page-token ${page.nextPageToken}`)
    })
}

const FIRST_STEPS = 'no experiments yet; try: trainyard submit --dataset synthetic-flowers --image-size 32 --lr 0.05 --epochs 10 --watch'

/** `3 x 512` where all are alike, else their sizes. */
function layersOf(layerSizes: readonly number[], width: number | null): string {
  if (layerSizes.length === 0) return 'none'
  return width === null ? layerSizes.join('-') : `${layerSizes.length} x ${width}`
}

function toCount(limit: string): number {
  if (/^\d+$/.test(limit)) return Number(limit)
  throw new ExpectedError('INVALID_INPUT', `--limit wants a whole number, not ${JSON.stringify(limit)}`)
}
