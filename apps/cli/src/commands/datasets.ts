import { type Dataset, DatasetName, formatCount } from '@trainyard/contracts'
import type { Command } from 'commander'
import { addDatasetSamples } from './samples.ts'
import { type CliDeps, GlobalOptions, openSession } from '../terminal/session.ts'
import type { Column } from '../terminal/text-table.ts'

const SCRIPT = 'apps/trainer/src/splits/datasets.main.ts'

const COLUMNS: readonly Column<Dataset>[] = [
  { title: 'name', value: ({ name }) => name },
  { title: 'classes', value: ({ classes }) => String(classes), align: 'right' },
  { title: 'train', value: ({ splits }) => formatCount(splits.train), align: 'right' },
  { title: 'val', value: ({ splits }) => formatCount(splits.val), align: 'right' },
  { title: 'test', value: ({ splits }) => formatCount(splits.test), align: 'right' },
  { title: 'source', value: ({ generated }) => (generated ? 'generated' : 'download') },
  {
    title: 'cached on',
    value: ({ cachedOn }) => (cachedOn.length === 0 ? 'no worker yet' : cachedOn.map(({ workerId }) => workerId).join(', ')),
  },
]

export function addDatasets(program: Command, deps: CliDeps): void {
  const datasets = program.command('datasets').description('datasets: list them, show samples, fetch them, or import your own copy')
  addDatasetList(datasets, deps)
  addDatasetSamples(datasets, deps)
  const script =
    (verb: string) =>
    async (what: string): Promise<void> => {
      const { json } = GlobalOptions.parse(program.opts())
      deps.setExitCode(await deps.runScript(SCRIPT, json ? [verb, what, '--json'] : [verb, what]))
    }
  datasets
    .command('fetch')
    .description('download a dataset to this host, checked by its checksums')
    .argument('<name>', DatasetName.options.join(' or '))
    .action(script('fetch'))
  datasets
    .command('import')
    .description('take Flowers102 from a folder or archive on this host')
    .argument('<path>')
    .action(script('import'))
}

function addDatasetList(datasets: Command, deps: CliDeps): void {
  const command = datasets
    .command('list')
    .description('datasets, their splits, and which workers cache them')
    .action(async () => {
      const session = openSession(command, deps)
      const list = await session.client.datasets.list()
      if (session.json) return session.printJson(list)
      session.printTable(COLUMNS, list.items)
    })
}
