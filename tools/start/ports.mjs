import net from 'node:net'
import { codeOf, ToolError } from '../process/tool-error.mjs'

const LOOPBACK = '127.0.0.1'

/** @param {number} port */
export async function requireFreePort(port) {
  try {
    await tryPort(port)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EACCES')
      throw new ToolError(`Port ${port} is for the system's own services: choose another with npm start -- --port 8787`)
    if (code !== 'EADDRINUSE') throw error
    const other = port < 65_535 ? port + 1 : port - 1
    throw new ToolError(`Port ${port} is in use by another program: stop that one, or choose another with npm start -- --port ${other}`)
  }
}

/** A port that is free at this moment. */
export function freePort() {
  return tryPort(0)
}

/** @param {number} port @returns {Promise<number>} */
function tryPort(port) {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', reject).listen(port, LOOPBACK, () => {
      const address = server.address()
      server.close(() => resolve(address && typeof address === 'object' ? address.port : port))
    })
  })
}
