// Run on Node 24, which reads TypeScript: prints TensorFlow's version and device, as JSON.
import process from 'node:process'
import { loadEngine } from '@trainyard/tensorflow'

process.stdout.write(`${JSON.stringify(loadEngine(process.env).engine)}\n`)
