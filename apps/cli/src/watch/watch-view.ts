import type { ExperimentEvent } from '@trainyard/contracts'

/** Shows events as they come. */
export interface WatchView {
  show(event: ExperimentEvent): void
  /** The connection is lost; the client connects again. */
  reconnecting(): void
  /** No more events come. */
  close(): void
}
