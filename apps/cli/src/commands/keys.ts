import { type ApiKey, ExpectedError, KeyRequest } from '@trainyard/contracts'
import { parseFlags } from '@trainyard/schema-fields'
import type { Command } from 'commander'
import { z } from 'zod'
import { requestFlags } from '../flags/request-flags.ts'
import { createBulkKeys } from './bulk-keys.ts'
import { type CliDeps, openSession } from '../terminal/session.ts'
import type { Column } from '../terminal/text-table.ts'

const COLUMNS: readonly Column<ApiKey>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'name', value: ({ name }) => name },
  { title: 'owner', value: ({ owner }) => owner },
  { title: 'scope', value: ({ scope }) => scope },
  { title: 'begins with', value: ({ beginsWith }) => `${beginsWith}…` },
  { title: 'max running', value: ({ maxRunning }) => String(maxRunning ?? 'any'), align: 'right' },
  { title: 'max queued', value: ({ maxQueued }) => String(maxQueued ?? 'any'), align: 'right' },
  {
    title: 'last used',
    value: ({ lastUsedAt, revokedAt }) => (revokedAt ? 'revoked' : (lastUsedAt?.slice(0, 16).replace('T', ' ') ?? 'never')),
  },
]

const CreateOptions = z.looseObject({ fromFile: z.string().optional() })

export function addKeys(program: Command, deps: CliDeps): void {
  const keys = program.command('keys').description('API keys: create, list and revoke them (for admins)')
  addCreate(keys, deps)
  const list = keys
    .command('list')
    .description('all keys, oldest first, without their secrets')
    .action(async () => {
      const session = openSession(list, deps)
      const found = await session.client.keys.list()
      if (session.json) return session.printJson(found)
      if (found.items.length === 0)
        return session.print('no keys: on this host every user may do everything. The first: trainyard keys create NAME --scope admin')
      session.printTable(COLUMNS, found.items)
    })
  const revoke = keys
    .command('revoke')
    .description('revoke a key at once')
    .argument('<key>', 'its id, or its name where only one live key has it')
    .action(async (named: string) => {
      const session = openSession(revoke, deps)
      const revoked = await session.client.keys.revoke(keyIdOf(named, (await session.client.keys.list()).items))
      if (session.json) return session.printJson(revoked)
      session.print(`key ${revoked.id} of ${revoked.name} is revoked`)
    })
}

function addCreate(keys: Command, deps: CliDeps): void {
  const { name: _name, ...fields } = KeyRequest.shape
  const command = keys
    .command('create')
    .description('create a key, or one for each name in a file; secrets are shown only once')
    .argument('[name]', 'for people')
    .option('--from-file <file>', 'a CSV file with a column `name` (and optionally `owner`): a key for each name without a live one')
  for (const option of requestFlags(z.strictObject(fields))) command.addOption(option)
  command.action(async (name: string | undefined) => {
    const session = openSession(command, deps)
    const { fromFile, ...flags } = CreateOptions.parse(command.opts())
    if (fromFile !== undefined && name === undefined) return createBulkKeys(fromFile, { flags, session })
    if (fromFile !== undefined || name === undefined)
      throw new ExpectedError('INVALID_INPUT', 'Give a name, or a file of names with --from-file')
    const key = await session.client.keys.create(parseFlags(KeyRequest, { ...flags, name }))
    if (session.json) return session.printJson(key)
    session.print(
      `key ${key.id} for ${key.name}, scope ${key.scope}. It is shown only once:`,
      '',
      `  export TRAINYARD_API_KEY=${key.secret}`,
      '',
    )
  })
}

function keyIdOf(named: string, keys: readonly ApiKey[]): string {
  if (keys.some(({ id }) => id === named)) return named
  const [key, other] = keys.filter(({ name, revokedAt }) => name === named && revokedAt === null)
  if (!key) throw new ExpectedError('KEY_NOT_FOUND', `There is no live key ${JSON.stringify(named)}; trainyard keys list shows them`)
  if (other)
    throw new ExpectedError(
      'KEY_NOT_FOUND',
      `More than one live key is called ${JSON.stringify(named)}; give its id, as trainyard keys list shows it`,
    )
  return key.id
}
