import { type Client, ProblemError } from '@trainyard/client'
import type { ExperimentEvent } from '@trainyard/contracts'
import type { Connection } from '../../service/connection.ts'

const AGAIN_AFTER_MS = 2000

interface FollowOptions {
  client: Client
  connection: Connection
  id: string
  signal: AbortSignal
  onEvent: (event: ExperimentEvent) => void
}

/** Hands on every event of a run until its end. A stream that is lost, or that could not be begun, is taken up after the last event seen. */
export async function followRun({ client, connection, id, signal, onEvent }: FollowOptions): Promise<void> {
  const onReconnect = (reason: unknown): void => connection.failed(reason)
  let lastEventId: string | null = null
  while (!signal.aborted) {
    try {
      for await (const watched of client.experiments.events(id, { lastEventId, signal, onReconnect })) {
        connection.works()
        lastEventId = watched.id ?? lastEventId
        onEvent(watched.event)
      }
      return
    } catch (error) {
      connection.failed(error)
      // refused: whoever asks for the record is told why
      if (error instanceof ProblemError && error.problem.status < 500) return
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS))
  }
}
