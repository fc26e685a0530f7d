import { setTimeout as pause } from 'node:timers/promises'
import { type Client, createClient, type ExperimentInput, ProblemError } from '@trainyard/client'
import type { Experiment } from '@trainyard/contracts'
import { type Call, type History, nowMs, type Operation } from '../checks/history.ts'

const RETRY_DELAY_MS = 200

/** Careful users of a service: each call goes into the history with its answer. */
export interface Users {
  /** Of that API, counted from 0; else of whichever comes next. */
  client(api?: number): Client
  /** One try. A submit's name is its idempotency key. */
  submitOnce(input: ExperimentInput & { name: string }, options?: { api?: number }): Promise<Call>
  /** Retries with the same key until the service acknowledges or refuses it; answers the experiment's id. Throws when it was refused. */
  submit(input: ExperimentInput & { name: string }): Promise<string>
  /** One try. */
  ask(operation: Exclude<Operation, 'submit'>, id: string): Promise<Call>
}

export function createUsers({ urls, history }: { urls: readonly string[]; history: History }): Users {
  const clients = urls.map((baseUrl) => createClient({ baseUrl }))
  let next = 0
  const client = (api = next++): Client => {
    const chosen = clients[api % clients.length]
    if (!chosen) throw new Error('no API')
    return chosen
  }

  async function record(operation: Operation, subject: string, work: () => Promise<Experiment>): Promise<Call> {
    const invokedAtMs = nowMs()
    const answer = await work().then(({ id }) => ({ outcome: 'ok' as const, code: null, id }), refusal)
    const call = { operation, subject, ...answer, invokedAtMs, endedAtMs: nowMs() }
    history.calls.push(call)
    return call
  }

  const submitOnce: Users['submitOnce'] = (input, { api } = {}) =>
    record('submit', input.name, () => client(api).experiments.submit(input, { idempotencyKey: input.name }))

  return {
    client,
    submitOnce,
    async submit(input) {
      for (;;) {
        const { outcome, code, id } = await submitOnce(input)
        if (id !== null) return id
        if (outcome === 'refused') throw new Error(`${input.name} was refused: ${code}`)
        await pause(RETRY_DELAY_MS)
      }
    },
    ask: (operation, id) => record(operation, id, () => client().experiments[operation](id)),
  }
}

/** Only a refusal proves that nothing was done: a broken connection, a timeout or an unreachable Redis proves nothing. */
function refusal(error: unknown): Pick<Call, 'outcome' | 'code' | 'id'> {
  const refused = error instanceof ProblemError && (error.problem.status < 500 || error.code === 'STORE_FULL')
  return refused ? { outcome: 'refused', code: error.code, id: null } : { outcome: 'unknown', code: null, id: null }
}
