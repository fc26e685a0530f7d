import { loadEngine } from '@trainyard/tensorflow'
import { allRuns, shortRun, type ShortRunResult } from './short-run.ts'

// Every short run in a process of its own, printed as JSON.
const { engine, tf } = loadEngine(process.env)
const results: ShortRunResult[] = []
for (const run of allRuns) results.push(await shortRun(tf, run))
process.stdout.write(JSON.stringify({ device: engine.device, results }))
