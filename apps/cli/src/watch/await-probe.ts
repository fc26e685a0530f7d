import type { ProbeInput } from '@trainyard/client'
import { type ErrorCode, ExpectedError, isErrorCode, type Probe } from '@trainyard/contracts'
import type { Session } from '../terminal/session.ts'

/** The service answers at least this often with how far the probe is. */
const WAIT_SECONDS = 2

/** The completed probe; its failure is thrown. On a terminal a line shows the progress. */
export async function awaitProbe(input: ProbeInput, { client, terminal }: Pick<Session, 'client' | 'terminal'>): Promise<Probe> {
  const { stderr } = terminal
  const show = (text: string): void => void (stderr.isTTY && stderr.write(`\r\u001b[K${text}`))
  let probe = await client.probes.create(input, { waitSeconds: WAIT_SECONDS })
  while (probe.state === 'queued' || probe.state === 'running') {
    show(probe.state === 'queued' ? 'waiting for a worker' : `probing ${Math.floor(probe.fraction * 100)} %`)
    probe = await client.probes.get(probe.id, { waitSeconds: WAIT_SECONDS })
  }
  show('')
  if (probe.error) throw new ExpectedError(codeOf(probe.error.code), `${probe.error.message}. ${probe.error.advice}`)
  return probe
}

const codeOf = (code: string): ErrorCode => (isErrorCode(code) ? code : 'INTERNAL')
