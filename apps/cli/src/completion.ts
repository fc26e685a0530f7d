import type { Argument, Command, Option } from 'commander'
import type { CliDeps } from './session.ts'

const NAMES_EXPERIMENTS = /\bids?\b|latest/

/** Words that complete a command line, for the shells' own completion: the program's tree says them, so none can be forgotten. */
export function addCompletion(program: Command, deps: CliDeps): void {
  const command = program.command('completion').description('print what bash or zsh needs to complete commands, flags and ids')
  for (const [shell, script] of Object.entries(SCRIPTS))
    command
      .command(shell)
      .description(`for ${shell}: ${script.howTo}`)
      .action(() => void deps.terminal.stdout.write(script.text))
  program
    .command('complete-words', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action((words: string[]) => {
      const found = completionsOf(program, words)
      if (found.length > 0) deps.terminal.stdout.write(`${found.join('\n')}\n`)
    })
}

/** What may stand in the place of the last of the words. */
function completionsOf(program: Command, words: readonly string[]): string[] {
  const [current, ...before] = [words.at(-1) ?? '', ...words.slice(0, -1)]
  const command = commandOf(program, before)
  const options = [...command.options, ...program.options].filter(({ hidden }) => !hidden)
  const wanting = options.find((option) => option.required && isNamed(option, before.at(-1)))
  const candidates = wanting
    ? (wanting.argChoices ?? [])
    : current.startsWith('-')
      ? options.flatMap(({ long }) => long ?? [])
      : namesIn(command)
  return [...new Set(candidates)].filter((candidate) => candidate.startsWith(current))
}

function commandOf(program: Command, words: readonly string[]): Command {
  let command = program
  for (const word of words) command = command.commands.find((each) => each.name() === word) ?? command
  return command
}

const isNamed = ({ long, short }: Option, word: string | undefined): boolean => word !== undefined && (word === long || word === short)

function namesIn({ commands, registeredArguments }: Command): string[] {
  const names = commands.map((each) => each.name()).filter((name) => name !== 'complete-words')
  return [...names, ...registeredArguments.flatMap(valuesOf)]
}

const valuesOf = (argument: Argument): string[] =>
  argument.argChoices ?? (NAMES_EXPERIMENTS.test(`${argument.name()} ${argument.description}`) ? ['latest'] : [])

const SCRIPTS = {
  bash: {
    howTo: 'eval "$(trainyard completion bash)"',
    text: `_trainyard() {
  local IFS=$'\\n'
  COMPREPLY=($(trainyard complete-words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _trainyard trainyard
`,
  },
  zsh: {
    howTo: 'eval "$(trainyard completion zsh)"',
    text: `#compdef trainyard
_trainyard() {
  local -a found
  found=("\${(@f)$(trainyard complete-words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found
}
compdef _trainyard trainyard
`,
  },
}
