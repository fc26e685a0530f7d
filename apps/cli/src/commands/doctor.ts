import type { Command } from 'commander'
import { type CliDeps, GlobalOptions } from '../terminal/session.ts'

export function addDoctor(program: Command, deps: CliDeps): void {
  const command = program
    .command('doctor')
    .description('check this host: engine, Redis, data directory, disk')
    .argument('[flags...]', 'its own flags')
    .allowUnknownOption()
    .action(async (flags: string[]) => {
      const { json } = GlobalOptions.parse(command.optsWithGlobals())
      deps.setExitCode(await deps.runScript('tools/doctor/main.mjs', json ? [...flags, '--json'] : flags))
    })
}
