import type { FromTrainer } from '@trainyard/contracts'

/** The worker is given at most this many messages that it has not handled yet; then the trainer waits. */
const MAX_UNACKED = 64

export interface MessageChannel {
  /** Sends a message; resolves when the next one may be sent. */
  send(message: FromTrainer): Promise<void>
  acknowledge(count: number): void
}

export function createMessageChannel(post: (message: FromTrainer) => void): MessageChannel {
  let unacked = 0
  let resume: (() => void)[] = []
  return {
    send: (message) => {
      post(message)
      unacked += 1
      return unacked < MAX_UNACKED ? Promise.resolve() : new Promise((resolve) => resume.push(resolve))
    },
    acknowledge: (count) => {
      unacked -= count
      if (unacked >= MAX_UNACKED) return
      for (const wake of resume) wake()
      resume = []
    },
  }
}
