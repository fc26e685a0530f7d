import { readFileSync } from 'node:fs'
import path from 'node:path'
import { loadEngine, type Runtime } from '@trainyard/tensorflow'
import { probe, deviceImages, type SavedModel, materializeModel } from '@trainyard/training'
import { expect, test } from 'vitest'
import { allRuns, shortRun } from '../gpu/short-run.ts'

/** Attributes that choose a kernel. */
const TYPE_ATTRIBUTES = ['T', 'dtype', 'Tparams', 'SrcT']

/** A runtime that notes which ops run on which types. */
function recording(tf: Runtime, ops: Set<string>): Runtime {
  const note = (name: string, attributes: Parameters<Runtime['runMany']>[2]['attributes'] = {}): void => {
    const values = TYPE_ATTRIBUTES.flatMap((attribute) => attributes[attribute] ?? [])
    ops.add(`${name} ${values.map((value) => ('type' in value ? value.type : '')).join()}`)
  }
  return {
    ...tf,
    run: (name, inputs, attributes) => {
      note(name, attributes)
      return tf.run(name, inputs, attributes)
    },
    runMany: (name, inputs, options) => {
      note(name, options.attributes)
      return tf.runMany(name, inputs, options)
    },
  }
}

/** The table of docs/gpu.md: each op's types. */
function documented(): Map<string, string[]> {
  const page = readFileSync(path.join(import.meta.dirname, '../../docs/gpu.md'), 'utf8')
  const rows = page.split('\n').flatMap((line) => /^\| (`\w+`(?:, `\w+`)*) \| ([^|]*) \|/.exec(line) ?? [])
  const table = new Map<string, string[]>()
  for (let i = 0; i < rows.length; i += 3)
    for (const [, op = ''] of (rows[i + 1] ?? '').matchAll(/`(\w+)`/g)) table.set(op, (rows[i + 2] ?? '').split(', '))
  return table
}

const { tf: own } = loadEngine(process.env)
/** What is done on a GPU, done here. */
const gpuWays: Runtime = { ...own, onGpu: true }

test('every op that training, evaluation, probes and exports run on a GPU stands in docs/gpu.md with its types', async () => {
  const ops = new Set<string>()
  const tf = recording(gpuWays, ops)
  for (const run of allRuns) {
    const states: SavedModel[] = []
    await shortRun(tf, run, { onEpochEnd: (_, state) => void states.push(state.read()) })
    const images = deviceImages(tf, { pixels: new Uint8Array(200 * 1200), labels: new Uint8Array(200), inputs: 1200 })
    if (states[0]) await materializeModel(tf, states[0], { images })
    images.dispose()
  }
  const sizes = { width: 16, inputs: 48, classes: 5, batchSize: 4, draws: 1, seed: 1, groupSize: 4 }
  await probe(tf, { ...sizes, depths: [0, 2], norms: ['none', 'group'], normPosition: 'before', biases: [true], images: null })
  const table = documented()
  const missing = [...ops].filter((op) => {
    const [name = '', type = ''] = op.split(' ')
    const types = table.get(name)
    return !types || (type !== '' && !types.includes('all') && !types.includes(type))
  })
  expect(missing.toSorted()).toEqual([])
})

test.each(allRuns)(
  '$firstLayer first layer, norm $norm — what is done on a GPU gives what is done on a CPU, and no tensor is left',
  async (run) => {
    const before = own.liveTensors()
    const [ways, cpu] = [await shortRun(gpuWays, run), await shortRun(own, run)]
    const distance = Math.max(...ways.evalLosses.map((loss, i) => Math.abs(loss - (cpu.evalLosses[i] ?? NaN))))
    expect(distance).toBeLessThan(run.firstLayer === 'dual' ? 1e-9 : 1e-3)
    expect(own.liveTensors()).toBe(before)
  },
)
