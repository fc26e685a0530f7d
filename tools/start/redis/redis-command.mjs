import net from 'node:net'
import tls from 'node:tls'
import { ToolError } from '../../process/tool-error.mjs'

const RESPONSE_TIMEOUT_MS = 2000

/**
 * Sends one command to a Redis and returns the text of its answer. Nothing is installed yet where this runs, so it speaks the protocol
 * itself (RESP2: simple strings, errors, bulk strings).
 * @param {{ url: string, command: string[] }} options
 * @returns {Promise<string>}
 */
export function redisCommand({ url, command }) {
  const { protocol, hostname, port, username, password } = new URL(url)
  const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) }
  const auth = password ? [['AUTH', ...(username ? [decodeURIComponent(username)] : []), decodeURIComponent(password)]] : []
  const commands = [...auth, command]
  return new Promise((resolve, reject) => {
    const socket = protocol === 'rediss:' ? tls.connect({ ...address, servername: address.host }) : net.connect(address)
    socket.setTimeout(RESPONSE_TIMEOUT_MS, () => socket.destroy(new ToolError(`no answer within ${RESPONSE_TIMEOUT_MS / 1000} s`)))
    let received = ''
    socket.setEncoding('latin1').on('data', (/** @type {string} */ text) => {
      received += text
      const replies = parseReplies(received)
      const refusal = replies.find(({ error }) => error)
      if (refusal) socket.destroy(new ToolError(refusal.text))
      else if (replies.length === commands.length) {
        socket.destroy()
        resolve(replies.at(-1)?.text ?? '')
      }
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new ToolError('the connection was closed')))
    socket.write(commands.map(encode).join(''))
  })
}

/** @param {string[]} words */
function encode(words) {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

/** The replies that are complete. @param {string} received */
function parseReplies(received) {
  const replies = []
  for (let at = 0; ;) {
    const end = received.indexOf('\r\n', at)
    if (end < 0) return replies
    const line = received.slice(at + 1, end)
    const bulk = received[at] === '$' ? Number(line) : -1
    const next = end + 2 + (bulk >= 0 ? bulk + 2 : 0)
    if (next > received.length) return replies
    replies.push({ error: received[at] === '-', text: bulk >= 0 ? received.slice(end + 2, end + 2 + bulk) : line })
    at = next
  }
}
