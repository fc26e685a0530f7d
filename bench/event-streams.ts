import { request } from 'node:http'

export interface EventStreams {
  /** Milliseconds from an epoch's writing to its arrival, over all streams and epochs. */
  delaysMs: number[]
  /** Resolves when every stream has had its `end`. */
  ended: Promise<void>
}

/** Opens `count` event streams on one experiment; resolves once all have been answered. */
export async function openEventStreams({ url, count }: { url: string; count: number }): Promise<EventStreams> {
  const delaysMs: number[] = []
  const ends: Promise<void>[] = []
  const opened: Promise<void>[] = []
  for (let i = 0; i < count; i++) {
    opened.push(
      new Promise((resolve, reject) => {
        const stream = request(url, { agent: false, headers: { accept: 'text/event-stream' } })
        stream.once('error', reject).once('response', (response) => {
          resolve()
          ends.push(new Promise((end) => response.once('end', end)))
          let rest = ''
          response.setEncoding('utf8').on('data', (text: string) => {
            const nowMs = Date.now()
            const messages = (rest + text).split('\n\n')
            rest = messages.pop() ?? ''
            for (const message of messages) if (message.includes('event: epoch')) delaysMs.push(nowMs - writtenAtMs(message))
          })
        })
        stream.end()
      }),
    )
  }
  await Promise.all(opened)
  return { delaysMs, ended: Promise.all(ends).then(() => undefined) }
}

function writtenAtMs(message: string): number {
  return Date.parse(/"at":"([^"]+)"/.exec(message)?.[1] ?? '')
}
