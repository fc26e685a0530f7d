import { type Experiment, ExperimentSort, ExperimentState, formatLoss, formatShare } from '@trainyard/contracts'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { type CliDeps, openSession } from '../terminal/session.ts'
import type { Column } from '../terminal/text-table.ts'
import { parseCount } from '../flags/parse-count.ts'

const ListOptions = z.object({
  state: ExperimentState.optional(),
  tag: z.string().optional(),
  owner: z.string().optional(),
  q: z.string().optional(),
  sort: ExperimentSort.optional(),
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
    .description('experiments, newest first without --sort')
    .addOption(new Option('--state <state>', 'only those in this state').choices(ExperimentState.options))
    .option('--tag <tag>', 'only those with this tag')
    .option('--owner <owner>', 'only those of this owner')
    .option('--q <words>', 'only those whose name or tags have words that begin with this')
    .addOption(
      new Option('--sort <field>', 'by a result of finished ones, or createdAt; a minus: from the highest down').choices(
        ExperimentSort.options,
      ),
    )
    .option('--limit <number>', 'items per page, at most 200', '20')
    .option('--page-token <token>', 'the token that the previous page printed')
    .action(async () => {
      const session = openSession(command, deps)
      const { limit, ...filters } = ListOptions.parse(command.opts())
      const page = await session.client.experiments.list({ ...filters, pageSize: parseCount(limit) })
      if (session.json) return session.printJson(page)
      if (page.items.length === 0) {
        if (page.nextPageToken)
          return session.print(`no match on this page; next page: trainyard list --page-token ${page.nextPageToken} with the same flags`)
        const filtered = [filters.state, filters.tag, filters.owner, filters.q, filters.sort].some((each) => each !== undefined)
        return session.print(filtered ? 'no experiment matches; use fewer flags to see more' : FIRST_STEPS)
      }
      session.printTable(COLUMNS, page.items)
      if (page.nextPageToken) session.print(`more: trainyard list --page-token ${page.nextPageToken}`)
    })
}

const FIRST_STEPS = 'no experiments yet; try: trainyard submit --dataset synthetic-flowers --image-size 32 --lr 0.05 --epochs 10 --watch'

/** `3 x 512` where all are alike, else their sizes. */
function layersOf(layerSizes: readonly number[], width: number | null): string {
  if (layerSizes.length === 0) return 'none'
  return width === null ? layerSizes.join('-') : `${layerSizes.length} x ${width}`
}
