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
  /** Redis's address through this proxy. */
  url: string
  /** Decides about every part from now on. */
  obey(rule: Rule): void
  /** Breaks every connection, and each new one, until it heals. */
  cut(): void
  /** Nothing gets through until it heals, and connections stay open: an unplugged cable. */
  swallow(): void
  /** Forwards everything again, first what was kept back. */
  heal(): void
  close(): Promise<void>
}

const PASS: Rule = () => 'pass'

/** What all connections of a proxy have in common. */
interface Network {
  rule: Rule
  refuses: boolean
  /** What was kept back, in order. */
  held: (() => void)[]
  /** Breaks a connection, by its client's side. */
  connections: Map<Socket, () => void>
}

/** A network between one process and Redis that can be disturbed. */
export async function startRedisProxy(redisUrl: string): Promise<RedisProxy> {
  const { hostname, port } = new URL(redisUrl)
  const network: Network = { rule: PASS, refuses: false, held: [], connections: new Map() }
  const server = createServer((client) => {
    if (network.refuses) client.destroy()
    else join({ client, redis: connect(Number(port), hostname), network })
  })
  const breakAll = (): void => {
    for (const breakOne of network.connections.values()) breakOne()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')

  return {
    url: `redis://127.0.0.1:${address.port}`,
    obey: (rule) => void (network.rule = rule),
    cut() {
      network.refuses = true
      breakAll()
    },
    swallow: () => void (network.rule = () => 'hold'),
    heal() {
      const { held } = network
      Object.assign(network, { rule: PASS, refuses: false, held: [] })
      for (const send of held) send()
    },
    async close() {
      breakAll()
      server.close()
      await once(server, 'close')
    },
  }
}

function join({ client, redis, network }: { client: Socket; redis: Socket; network: Network }): void {
  const breakBoth = (): void => {
    network.connections.delete(client)
    client.destroy()
    redis.destroy()
  }
  network.connections.set(client, breakBoth)
  for (const socket of [client, redis]) {
    socket
      .setNoDelay(true)
      .on('error', () => {})
      .on('close', breakBoth)
  }
  forward('client', { from: client, to: redis, network, breakBoth })
  forward('redis', { from: redis, to: client, network, breakBoth })
}

function forward(
  side: Part['from'],
  { from, to, network, breakBoth }: { from: Socket; to: Socket; network: Network; breakBoth: () => void },
): void {
  from.on('data', (bytes: Buffer) => {
    const fate = network.rule({ from: side, bytes })
    if (fate === 'pass') to.write(bytes)
    else if (fate === 'break') breakBoth()
    else {
      from.pause()
      network.held.push(() => {
        to.write(bytes)
        from.resume()
      })
    }
  })
}
