#!/usr/bin/env node
// Plain JavaScript: npx runs this with whatever node it finds, and the program itself is TypeScript, for the Node that the repository brings.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const RUNS_TYPESCRIPT_QUIETLY = 24
if (Number(process.versions.node.split('.')[0]) >= RUNS_TYPESCRIPT_QUIETLY) await import('../src/main.ts')
else runWithOwnNode()

function runWithOwnNode() {
  const node = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url))
  if (!existsSync(node)) {
    process.stderr.write(
      `trainyard needs Node ${RUNS_TYPESCRIPT_QUIETLY}, which the repository brings along: run npm start (or npm install) in it once\n`,
    )
    process.exitCode = 78
    return
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  // Ctrl-C reaches the child by itself: it exits when all has stopped.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('error', (error) => {
    process.stderr.write(`${node} cannot be run (${error.message}); run npm install in the repository\n`)
    process.exitCode = 78
  })
  child.on('exit', (code) => {
    process.exitCode = code ?? 1
  })
}
