import { readFile } from 'node:fs/promises'
import { ExpectedError, KeyRequest, type NewApiKey } from '@trainyard/contracts'
import { parseFlags } from '@trainyard/schema-fields'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import type { Session } from '../terminal/session.ts'
import { printable } from '../terminal/text-table.ts'

const Row = z.object({ name: z.string().trim().min(1), owner: z.string().trim().min(1).optional().catch(undefined) })

/** Creates a key for each row of a CSV file, for a class, say; skips names that have a live key. `flags`: fields of all of them. */
export async function createBulkKeys(
  file: string,
  { flags, session }: { flags: Readonly<Record<string, unknown>>; session: Session },
): Promise<void> {
  const { keys: calls } = session.client
  const people = (await readPeople(file)).map((row) => parseFlags(KeyRequest, { ...flags, ...row }))
  const taken = new Set((await calls.list()).items.filter(({ revokedAt }) => revokedAt === null).map(({ name }) => name))
  const created: NewApiKey[] = []
  for (const request of people) {
    if (taken.has(request.name)) continue
    taken.add(request.name)
    const key = await calls.create(request)
    created.push(key)
    // printed at once: a secret that is created and not shown is lost
    if (!session.json) session.print(created.length === 1 ? `name,key\n${csvLine(key)}` : csvLine(key))
  }
  if (session.json) return session.printJson({ items: created })
  const skipped = people.length - created.length
  session.warn(
    `${created.length} keys created, ${skipped} skipped: they are in the file twice, or have a live key. The keys are shown only once`,
  )
}

const csvLine = ({ name, secret }: NewApiKey): string => `"${printable(name).replaceAll('"', '""')}",${secret}`

async function readPeople(file: string): Promise<z.infer<typeof Row>[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ExpectedError('INVALID_INPUT', `${file} cannot be read`, { cause })
  })
  const rows: unknown = parse(text, {
    columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
    bom: true,
    skip_empty_lines: true,
    trim: true,
    relax_column_count: true,
  })
  const parsed = z.array(Row).safeParse(rows)
  if (parsed.success) return parsed.data
  const line = Number(parsed.error.issues[0]?.path[0] ?? 0) + 2
  throw new ExpectedError(
    'INVALID_INPUT',
    `${file} has no name in line ${line}; its first line must name the columns, one of them \`name\``,
  )
}
