import type { Command } from 'commander'
import type { CliDeps } from '../terminal/session.ts'

export function addUp(program: Command, deps: CliDeps): void {
  program
    .command('up')
    .description('set up what is missing and run the service, as npm start does')
    .argument('[flags...]', 'its own flags; trainyard up --help shows them')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (flags: string[]) => {
      deps.setExitCode(await deps.runScript('tools/start/main.mjs', flags))
    })
}
