import process from 'node:process'
import { ExpectedError, ERRORS } from '@trainyard/contracts'
import { fetchDataset, importDataset, type InstalledDataset } from '@trainyard/datasets'
import { readTrainerFolders } from '../environment.ts'

const USAGE = 'Usage: trainyard datasets fetch flowers102 | import PATH'

/** `trainyard datasets fetch` and `import`, which work on this host's files and need no service. */
async function run([command, what]: string[]): Promise<InstalledDataset | null> {
  const folders = readTrainerFolders(process.env)
  if (command === 'fetch' && what === 'flowers102') return fetchDataset({ dataFolder: folders.data, source: folders.source, onProgress })
  if (command === 'import' && what) return importDataset({ from: what, dataFolder: folders.data })
  if (command === 'fetch' && what === 'synthetic-flowers') return null
  throw new ExpectedError('INVALID_INPUT', USAGE)
}

let lastLine = ''
function onProgress({ fraction, detail }: { fraction: number; detail: string }): void {
  const line = `${String(Math.floor(fraction * 100)).padStart(3)} %  ${detail}`
  // A terminal sees every change, a log file one line per percent.
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`)
  else if (line.slice(0, 5) !== lastLine.slice(0, 5)) process.stderr.write(`${line}\n`)
  lastLine = line
}

try {
  const args = process.argv.slice(2)
  const installed = await run(args.filter((arg) => arg !== '--json'))
  if (process.stderr.isTTY && lastLine) process.stderr.write('\n')
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(installed ?? { folder: null, splits: [] })}\n`)
  else if (installed) process.stdout.write(`Flowers102 is in ${installed.folder}, with the splits ${installed.splits.join(', ')}.\n`)
  else process.stdout.write('synthetic-flowers is drawn when it is needed; there is nothing to fetch.\n')
} catch (error) {
  if (!(error instanceof ExpectedError)) throw error
  process.stderr.write(`${process.stderr.isTTY && lastLine ? '\n' : ''}${error.message}\n`)
  process.exitCode = ERRORS[error.code].exitCode
}
