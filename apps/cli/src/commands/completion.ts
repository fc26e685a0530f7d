import { createClient } from '@trainyard/client'
import type { Command, Option } from 'commander'
import { z } from 'zod'
import { type CliDeps, GlobalOptions } from '../terminal/session.ts'

const MAX_IDS = 20
const WordsOptions = z.object({ within: z.coerce.number().int().positive() })

/** Candidates for the shells' completion: commands and flags come from the program's tree, ids from the service. */
export function addCompletion(program: Command, deps: CliDeps): void {
  const command = program.command('completion').description('print a script for bash or zsh that completes commands, flags and ids')
  for (const [shell, script] of Object.entries(SCRIPTS))
    command
      .command(shell)
      .description(`for ${shell}: ${script.howTo}`)
      .action(() => void deps.terminal.stdout.write(script.text))
  program
    .command('complete-words', { hidden: true })
    .argument('[words...]')
    .requiredOption('--within <milliseconds>', 'timeout for the ids from the service')
    .allowUnknownOption()
    .action(async (words: string[], options: unknown) => {
      const { url } = GlobalOptions.parse(program.opts())
      const source = { url, apiKey: deps.apiKey, withinMs: WordsOptions.parse(options).within }
      const found = await completionsOf(words, { program, source })
      if (found.length > 0) deps.terminal.stdout.write(`${found.join('\n')}\n`)
    })
}

/** What may stand in the place of the last of the words. */
async function completionsOf(words: readonly string[], { program, source }: { program: Command; source: IdSource }): Promise<string[]> {
  const [current, ...before] = [words.at(-1) ?? '', ...words.slice(0, -1)]
  const command = commandOf(program, before)
  const options = [...command.options, ...program.options].filter(({ hidden }) => !hidden)
  const wanting = options.find((option) => option.required && isNamed(option, before.at(-1)))
  const candidates = wanting
    ? (wanting.argChoices ?? [])
    : current.startsWith('-')
      ? options.flatMap(({ long }) => long ?? [])
      : [...namesIn(command), ...(await idsFor(command, { ...source, url: typedUrl(before) ?? source.url }))]
  return [...new Set(candidates)].filter((candidate) => candidate.startsWith(current))
}

function commandOf(program: Command, words: readonly string[]): Command {
  let command = program
  for (const word of words) command = command.commands.find((each) => each.name() === word) ?? command
  return command
}

const isNamed = ({ long, short }: Option, word: string | undefined): boolean => word !== undefined && (word === long || word === short)

function typedUrl(words: readonly string[]): string | undefined {
  const at = words.lastIndexOf('--url')
  return at === -1 ? undefined : words[at + 1]
}

const namesIn = ({ commands, registeredArguments }: Command): string[] => [
  ...commands.map((each) => each.name()).filter((name) => name !== 'complete-words'),
  ...registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
]

/** An argument that takes `latest` takes ids: those of sweeps below `sweep`, else of experiments. */
async function idsFor({ registeredArguments, parent }: Command, source: IdSource): Promise<string[]> {
  if (!registeredArguments.some(({ description }) => description.includes('latest'))) return []
  return ['latest', ...(await newestIds(parent?.name() === 'sweep' ? 'sweeps' : 'experiments', source))]
}

interface IdSource {
  url: string
  apiKey: string | undefined
  /** The user waits at the prompt: a slower service is left out. */
  withinMs: number
}

/** Ids of the newest experiments or sweeps, for completion: none where the service is unreachable, slow, or requires another key. */
async function newestIds(what: 'experiments' | 'sweeps', { url, apiKey, withinMs }: IdSource): Promise<string[]> {
  try {
    const { items } = await createClient({ baseUrl: url, apiKey, timeoutMs: withinMs })[what].list({ pageSize: MAX_IDS })
    return items.map(({ id }) => id)
  } catch {
    return []
  }
}

const SCRIPTS = {
  bash: {
    howTo: 'eval "$(trainyard completion bash)"',
    text: `_trainyard() {
  local IFS=$'\\n'
  COMPREPLY=($(trainyard complete-words --within 1000 -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _trainyard trainyard
`,
  },
  zsh: {
    howTo: 'eval "$(trainyard completion zsh)"',
    text: `#compdef trainyard
_trainyard() {
  local -a found
  found=("\${(@f)$(trainyard complete-words --within 1000 -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found
}
compdef _trainyard trainyard
`,
  },
}
