import type { Command } from 'commander'
import { z } from 'zod'

/** What every command that queues something takes. */
export const SubmitOptions = z.looseObject({
  watch: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  idempotencyKey: z.string().optional(),
})

interface SubmitTexts {
  watch: string
  /** Left out: the command has no dry run. */
  dryRun?: string
  /** What a repeat has to have, and what it then does not do. */
  repeat: string
}

export function addSubmitOptions(command: Command, { watch, dryRun, repeat }: SubmitTexts): Command {
  command.option('--watch', watch)
  if (dryRun !== undefined) command.option('--dry-run', dryRun)
  return command.option('--idempotency-key <key>', `a repeat with the same ${repeat}`)
}
