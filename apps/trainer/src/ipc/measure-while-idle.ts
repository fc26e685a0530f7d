import { measureSpeed } from '@trainyard/training'
import type { MessageChannel } from './message-channel.ts'
import type { Runtime } from '@trainyard/tensorflow'

export interface IdleMeasurement {
  /** Work has come: stops at the next step, to start over later. */
  giveWay(): void
  goOn(): void
}

/** Measures the machine's speed once, in the first pause that is long enough, and reports it. */
export function measureWhileIdle({ tf, channel }: { tf: Runtime; channel: MessageChannel }): IdleMeasurement {
  let done = false
  let abort: AbortController | null = null

  async function measure(own: AbortController): Promise<void> {
    try {
      const speed = await measureSpeed(tf, { signal: own.signal })
      done = true
      await channel.send({ type: 'speed', speed })
    } catch (error) {
      // A machine that cannot be measured still trains: the cost model's own constants hold for it.
      if (!own.signal.aborted) process.stderr.write(`The speed could not be measured: ${String(error)}\n`)
    }
  }

  function goOn(): void {
    if (done || (abort && !abort.signal.aborted)) return
    abort = new AbortController()
    void measure(abort)
  }

  goOn()
  return { goOn, giveWay: () => abort?.abort() }
}
