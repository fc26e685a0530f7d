import type { Client } from '@trainyard/client'
import type { ExperimentEvent } from '@trainyard/contracts'
import type { Connection } from '../../service/connection.ts'

interface FollowOptions {
  client: Client
  connection: Connection
  id: string
  signal: AbortSignal
  onEvent: (event: ExperimentEvent) => void
}

/** Passes on every event of a run until its end, through any outage of the service. */
export async function followRun({ client, connection, id, signal, onEvent }: FollowOptions): Promise<void> {
  const onReconnect = (reason: unknown): void => connection.failed(reason)
  try {
    for await (const { event } of client.experiments.events(id, { signal, onReconnect, waitForService: true })) {
      connection.works()
      onEvent(event)
    }
  } catch (error) {
    // a refusal: the query for the record shows it
    connection.failed(error)
  }
}
