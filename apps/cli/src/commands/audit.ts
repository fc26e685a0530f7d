import type { AuditEntry } from '@trainyard/contracts'
import type { Command } from 'commander'
import { z } from 'zod'
import { type CliDeps, openSession } from '../terminal/session.ts'
import type { Column } from '../terminal/text-table.ts'
import { parseCount } from '../flags/parse-count.ts'

const AuditOptions = z.object({ limit: z.string(), pageToken: z.string().optional() })

const COLUMNS: readonly Column<AuditEntry>[] = [
  { title: 'at', value: ({ at }) => at.slice(0, 19).replace('T', ' ') },
  { title: 'owner', value: ({ owner }) => owner ?? '' },
  { title: 'key', value: ({ keyId }) => keyId ?? '' },
  { title: 'call', value: ({ method, route }) => `${method} ${route.replace('/api/v1', '')}` },
  { title: 'of', value: ({ target }) => target ?? '' },
  { title: 'status', value: ({ status }) => String(status), align: 'right' },
  { title: 'from', value: ({ address }) => address },
]

export function addAudit(program: Command, deps: CliDeps): void {
  const command = program
    .command('audit')
    .description('who changed what, newest first (for admins)')
    .option('--limit <number>', 'items per page, at most 1000', '50')
    .option('--page-token <token>', 'the token that the previous page printed')
    .action(async () => {
      const session = openSession(command, deps)
      const { limit, pageToken } = AuditOptions.parse(command.opts())
      const page = await session.client.keys.audit({ pageSize: parseCount(limit), pageToken })
      if (session.json) return session.printJson(page)
      if (page.items.length === 0) return session.print('nothing was changed yet')
      session.printTable(COLUMNS, page.items)
      if (page.nextPageToken) session.print(`more: trainyard audit --page-token ${page.nextPageToken}`)
    })
}
