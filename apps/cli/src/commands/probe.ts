import { ProbeRequest } from '@trainyard/contracts'
import { parseFlags } from '@trainyard/schema-fields'
import type { Command } from 'commander'
import { awaitProbe } from '../watch/await-probe.ts'
import { depthReport, gradientReport } from '../reports/probe-report.ts'
import { requestFlags } from '../flags/request-flags.ts'
import { plotStyle } from '../terminal/plot-style.ts'
import { type CliDeps, openSession } from '../terminal/session.ts'

export function addProbe(program: Command, deps: CliDeps): void {
  const command = program
    .command('probe')
    .description("measure the signal in untrained networks: the notebook's table of output norm by depth, and the gradient norm by layer")
  for (const option of requestFlags(ProbeRequest)) command.addOption(option)
  command.action(async () => {
    const session = openSession(command, deps)
    const probe = await awaitProbe(parseFlags(ProbeRequest, command.opts()), session)
    if (session.json) return session.printJson(probe)
    const look = plotStyle(session)
    session.print(...depthReport(probe, look), '', ...gradientReport(probe, look))
  })
}
