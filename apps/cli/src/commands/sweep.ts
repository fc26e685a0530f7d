import { ExpectedError, SweepRequest, type SweepSummary } from '@trainyard/contracts'
import { parseFlags } from '@trainyard/schema-fields'
import type { Command } from 'commander'
import { z } from 'zod'
import { readRequestFile } from '../flags/request-file.ts'
import { requestFlags, typedOptions } from '../flags/request-flags.ts'
import { addSubmitOptions, SubmitOptions } from '../flags/submit-options.ts'
import { type CliDeps, openSession } from '../terminal/session.ts'
import { readSpace, spaceOptions } from '../flags/sweep-space-flags.ts'
import { showPlan, showSweep, sweepLines } from '../reports/sweep-table.ts'
import type { Column } from '../terminal/text-table.ts'
import { watchSweep } from '../watch/watch-sweep.ts'

const { base: _base, space: _space, preset: _preset, asha: _asha, seed, ...fields } = SweepRequest.shape
/** Both a sweep and an experiment have a seed. */
const SweepFlags = z.strictObject({ ...fields, drawSeed: seed })
const RunOptions = SubmitOptions.extend({
  minEpochs: z.coerce.number().optional(),
  reductionFactor: z.coerce.number().optional(),
})

const COLUMNS: readonly Column<SweepSummary>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'state', value: ({ state }) => state },
  { title: 'strategy', value: ({ strategy }) => strategy },
  { title: 'ended', value: ({ ended, trials }) => `${ended}/${trials}`, align: 'right' },
  { title: 'created', value: ({ createdAt }) => createdAt.slice(0, 19).replace('T', ' ') },
  { title: 'name', value: ({ name }) => name ?? '' },
]

export function addSweep(program: Command, deps: CliDeps): void {
  const sweep = program.command('sweep').description('many experiments that differ in some fields: run, list, show, cancel')
  addRun(sweep, deps)
  addNormLab(program, deps)
  const list = sweep
    .command('list')
    .description('sweeps, newest first')
    .action(async () => {
      const session = openSession(list, deps)
      const page = await session.client.sweeps.list()
      if (session.json) return session.printJson(page)
      if (page.items.length === 0)
        return session.print(
          'no sweeps yet; try: trainyard sweep run --lr 1e-3..1:log --trials 8 --dataset synthetic-flowers --image-size 16 --epochs 9',
        )
      session.printTable(COLUMNS, page.items)
    })
  const show = sweep
    .command('show')
    .description('all trials of a sweep, the best first')
    .argument('<id>', 'an id, the beginning of one, or latest')
    .action(async (id: string) => {
      const session = openSession(show, deps)
      showSweep(await session.client.sweeps.get(id), session)
    })
  const watch = sweep
    .command('watch')
    .description('follow a sweep until all its trials have ended')
    .argument('<id>', 'an id, the beginning of one, or latest')
    .action(async (id: string) => {
      const session = openSession(watch, deps)
      deps.setExitCode(await watchSweep(await session.client.sweeps.get(id), session))
    })
  const cancel = sweep
    .command('cancel')
    .description('cancel all trials of a sweep')
    .argument('<id>', 'an id, the beginning of one, or latest')
    .action(async (id: string) => {
      const session = openSession(cancel, deps)
      const canceled = await session.client.sweeps.cancel(id)
      if (session.json) return session.printJson(canceled)
      session.print(`sweep ${canceled.id} is canceled; what runs stops within a few seconds`)
    })
}

function addRun(sweep: Command, deps: CliDeps): void {
  const command = sweep
    .command('run')
    .description('run a sweep: a field takes one value, several (1,2,4), or a range to draw from (1e-4..1e-1:log)')
    .argument('[file]', 'a YAML or JSON file with the body of POST /sweeps, or - for stdin; flags win over it')
  for (const option of [...requestFlags(SweepFlags), ...spaceOptions()]) command.addOption(option)
  command
    .option('--min-epochs <number>', 'asha: no trial is stopped before')
    .option('--reduction-factor <number>', 'asha: the best 1/number of the trials continue from each rung')
  addCommon(command).action(async (file: string | undefined) => runSweep(command, { deps, file, preset: undefined }))
}

function addNormLab(program: Command, deps: CliDeps): void {
  const command = program.command('norm-lab').description('norms × positions × depths with one seed, answered as one paired table')
  for (const option of [
    ...requestFlags(z.strictObject({ name: fields.name, maxConcurrent: fields.maxConcurrent, pool: fields.pool })),
    ...spaceOptions(),
  ])
    command.addOption(option)
  addCommon(command).action(async () => runSweep(command, { deps, file: undefined, preset: 'norm-lab' }))
}

const addCommon = (command: Command): Command =>
  addSubmitOptions(command, {
    watch: 'follow it until all its trials have ended',
    dryRun: 'list the trials; queue nothing',
    repeat: 'key and flags within 24 hours creates nothing new',
  })

interface RunDeps {
  deps: CliDeps
  file: string | undefined
  preset: 'norm-lab' | undefined
}

async function runSweep(command: Command, { deps, file, preset }: RunDeps): Promise<void> {
  const session = openSession(command, deps)
  const { watch, dryRun, idempotencyKey, minEpochs, reductionFactor } = RunOptions.parse(command.opts())
  const given = typedOptions(command)
  const { drawSeed, ...flags } = parseFlags(SweepFlags.partial(), given)
  const typed = Object.fromEntries(Object.entries(flags).filter(([name]) => name in given))
  const fromFile = file === undefined ? {} : await readRequestFile(file, session.terminal)
  const { base, space } = readSpace(given, { alwaysVaried: preset ? ['norm', 'normPosition', 'depth'] : [] })
  const request = SweepRequest.safeParse({
    ...fromFile,
    ...typed,
    ...(given['drawSeed'] !== undefined && { seed: drawSeed }),
    ...(preset && { preset }),
    base: { ...objectIn(fromFile['base']), ...base },
    space: { ...objectIn(fromFile['space']), ...space },
    ...((minEpochs !== undefined || reductionFactor !== undefined) && { asha: { minEpochs, reductionFactor } }),
  })
  if (!request.success) {
    const [issue] = request.error.issues
    throw new ExpectedError('INVALID_INPUT', `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim())
  }
  if (dryRun) return showPlan(await session.client.sweeps.dryRun(request.data), session)
  const sweep = await session.client.sweeps.create(request.data, { idempotencyKey })
  if (session.json && !watch) return session.printJson(sweep)
  session.print(...(session.json ? [] : sweepLines(sweep, session).slice(0, 1)))
  if (watch) deps.setExitCode(await watchSweep(sweep, session))
  else session.print(`follow it: trainyard sweep watch ${sweep.id}`)
}

const objectIn = (value: unknown): object => (value !== null && typeof value === 'object' ? value : {})
