import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Some bytes on their way between a client and Redis; what a process sends at once usually is one command, what comes back its answer. */
interface Part {
  from: 'client' | 'redis'
  bytes: Buffer
}

/** Forwarded; kept back, with all that comes behind them, until the proxy heals; or lost, with the connection. */
type Fate = 'pass' | 'hold' | 'break'
type Rule = (part: Part) => Fate

export interface RedisProxy {
  /** Redis's address for whoever is to come through here. */
  url: string
  /** Decides about every part from now on. */
  obey(rule: Rule): void
  /** Breaks every connection, and each new one, until it heals. */
  cut(): void
  /** Nothing gets through and nobody is told, until it heals: a cable out of its socket. */
  swallow(): void
  /** Forwards everything again, first what was kept back. */
  heal(): void
  close(): Promise<void>
}

const PASS: Rule = () => 'pass'

/** A network between one process and Redis that can be disturbed. */
export async function startRedisProxy(redisUrl: string): Promise<RedisProxy> {
  const { hostname, port } = new URL(redisUrl)
  const pairs = new Set<{ client: Socket; redis: Socket }>()
  let rule = PASS
  let refuses = false
  let held: (() => void)[] = []

  function forward(part: Part['from'], { from, to, breakPair }: { from: Socket; to: Socket; breakPair: () => void }): void {
    from.on('data', (bytes: Buffer) => {
      const fate = rule({ from: part, bytes })
      if (fate === 'pass') to.write(bytes)
      else if (fate === 'break') breakPair()
      else {
        from.pause()
        held.push(() => {
          to.write(bytes)
          from.resume()
        })
      }
    })
    from.on('error', () => {}).on('close', breakPair)
  }

  const server = createServer((client) => {
    if (refuses) {
      client.destroy()
      return
    }
    const pair = { client, redis: connect(Number(port), hostname) }
    pairs.add(pair)
    const breakPair = (): void => {
      pairs.delete(pair)
      client.destroy()
      pair.redis.destroy()
    }
    client.setNoDelay(true)
    pair.redis.setNoDelay(true)
    forward('client', { from: client, to: pair.redis, breakPair })
    forward('redis', { from: pair.redis, to: client, breakPair })
  })
  const breakAll = (): void => {
    for (const { client, redis } of pairs) {
      client.destroy()
      redis.destroy()
    }
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')

  return {
    url: `redis://127.0.0.1:${address.port}`,
    obey: (next) => void (rule = next),
    cut() {
      refuses = true
      breakAll()
    },
    swallow: () => void (rule = () => 'hold'),
    heal() {
      rule = PASS
      refuses = false
      const parts = held
      held = []
      for (const send of parts) send()
    },
    async close() {
      breakAll()
      server.close()
      await once(server, 'close')
    },
  }
}
