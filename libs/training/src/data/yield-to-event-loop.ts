import { setImmediate } from 'node:timers/promises'

/** Lets timers, messages and signals have their turn; `await` alone yields only to other promises. */
export const yieldToEventLoop = (): Promise<void> => setImmediate()
