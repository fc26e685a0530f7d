import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { presentPythonWithHttp } from '@trainyard/testing/python/python-with-http'
import { type Service, startService, stopAndRemove } from '@trainyard/testing/services/service'

const run = promisify(execFile)
const root = path.join(import.meta.dirname, '..', '..')
const RUN_CELL = path.join(import.meta.dirname, 'run_cell.py')
const SHOWN = 'import json; print(json.dumps({"id": run["id"], "curves": [line.get_xydata().tolist() for line in axes.lines]}))'
const PNG_SIGNATURE = '89504e470d0a1a0a'

const Ran = z.object({
  updates: z.int(),
  outputs: z.array(z.array(z.looseObject({ data: z.record(z.string(), z.string()).optional(), text: z.string().optional() }))),
})
const Shown = z.object({ id: z.string(), curves: z.array(z.array(z.tuple([z.number(), z.number()]))) })

const python = await presentPythonWithHttp()
const page = await readFile(path.join(root, 'docs', 'python.md'), 'utf8')
const blocks = [...page.matchAll(/^```(python|sh)\n([^]*?)^```$/gm)].map(([, kind, code = '']) => ({ kind, code }))

interface StoredEpoch {
  epoch: number
  loss: number
  evalLoss: number
  evalAccuracy: number
}

describe.skipIf(python === null)('docs/python.md', () => {
  let service: Service
  let folder: string
  beforeAll(async () => {
    service = await startService()
    folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-python-'))
  })
  afterAll(async () => {
    await stopAndRemove(service)
    await rm(folder, { recursive: true, force: true })
  })

  /** The page's blocks with these words, at the test's service; the cell's experiment is one that needs no download. */
  const codeWith = (...words: string[]): string =>
    blocks
      .filter(({ code }) => words.some((word) => code.includes(word)))
      .map(({ code }) => code)
      .join('\n')
      .replaceAll('http://localhost:8787', service.url)
      .replace('{"depth": 3,', '{"dataset": "synthetic-flowers", "imageSize": 16, "depth": 3,')

  const venv = { PATH: `${path.dirname(python ?? '')}:${process.env['PATH']}` }
  const shell = (command: string) => run('bash', ['-ec', command], { cwd: folder, env: { ...process.env, ...venv }, maxBuffer: 2 ** 26 })

  const storedEpochs = async (id: string): Promise<StoredEpoch[]> => {
    const { items }: { items: StoredEpoch[] } = await (await fetch(`${service.url}/api/v1/experiments/${id}/epochs`)).json()
    return items
  }

  test('the cell — has 15 lines, and draws the losses in a notebook', async () => {
    const cell = codeWith('IPython')
    expect(cell.trimEnd().split('\n')).toHaveLength(15)
    await writeFile(path.join(folder, 'cells.json'), JSON.stringify([cell, SHOWN]))
    const { outputs, updates } = Ran.parse(JSON.parse((await shell(`python ${RUN_CELL} < cells.json`)).stdout))
    const pictures = outputs[0]?.flatMap(({ data }) => data?.['image/png'] ?? []) ?? []
    expect(pictures.map((picture) => Buffer.from(picture, 'base64').subarray(0, 8).toString('hex'))).toContain(PNG_SIGNATURE)

    const { id, curves } = Shown.parse(JSON.parse(outputs[1]?.[0]?.text ?? ''))
    const epochs = await storedEpochs(id)
    expect(epochs).toHaveLength(30)
    expect(updates).toBe(30)
    expect(curves).toEqual([epochs.map(({ epoch, loss }) => [epoch, loss]), epochs.map(({ epoch, evalLoss }) => [epoch, evalLoss])])
  })

  test('the generated client — submits, waits, reads epochs, and has a typed problem', async () => {
    const [generate = ''] = codeWith('openapi-python-client generate')
      .split('\n')
      .filter((line) => line.startsWith('openapi-'))
    await shell(generate)
    await writeFile(path.join(folder, 'program.py'), codeWith('trainyard_client import', 'Problem)'))
    const lines = (await shell('python program.py')).stdout.trimEnd().split('\n')
    const epochs = await storedEpochs('latest')
    expect(epochs).toHaveLength(5)
    expect(lines[0]).toMatch(/^completed [1-5]$/)
    expect(lines.slice(1, 6).map((line) => line.split(' ').map(Number))).toEqual(
      epochs.map((row) => [row.epoch, row.loss, row.evalAccuracy]),
    )
    expect(lines.slice(6)).toEqual(["INVALID_INPUT ['/depth']"])
  })

  test('the table — has the epochs of the latest experiment', async () => {
    await writeFile(path.join(folder, 'table.py'), `${codeWith('pandas')}\nprint(list(epochs.columns)[:2], len(epochs))`)
    expect((await shell('python table.py')).stdout.trim()).toBe(`['epoch', 'loss'] ${(await storedEpochs('latest')).length}`)
  })
})
