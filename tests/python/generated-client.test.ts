import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { EpochList, Experiment } from '@trainyard/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { presentPythonWithHttp } from '@trainyard/testing/python/python-with-http'
import { type Service, startService, stopAndRemove } from '@trainyard/testing/services/service'
import { type GeneratedClient, generateClient } from './generated-client.ts'

const Outcome = z.object({
  id: z.string(),
  state: z.string(),
  layerSizes: z.array(z.int()),
  losses: z.array(z.number()),
  years: z.array(z.int()),
  refused: z.object({ status: z.int(), code: z.string(), pointers: z.array(z.string()) }),
  missing: z.string(),
  probe: z.object({ state: z.string(), cells: z.array(z.tuple([z.int(), z.string()])) }),
})
const Operations = z.object({ paths: z.record(z.string(), z.record(z.string(), z.object({ operationId: z.string() }))) })

const python = await presentPythonWithHttp()

describe.skipIf(python === null)("a Python client, generated from the running service's document", () => {
  let service: Service
  let folder: string
  let client: GeneratedClient
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-python-'))
    service = await startService()
    client = await generateClient(python ?? '', { url: service.url, folder })
  }, 300_000)
  afterAll(async () => {
    await stopAndRemove(service)
    await rm(folder, { recursive: true, force: true })
  })

  test('has every call; the generator leaves out nothing but two of the three content types that a photo may have', async () => {
    const photo = 'WARNING parsing POST /api/v1/experiments/{id}/predict within models. Unsupported content type'
    expect(client.warnings).toEqual([`${photo} image/jpeg`, `${photo} image/png`])
    const { paths } = Operations.parse(await (await fetch(`${service.url}/openapi.json`)).json())
    const wanted = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => snakeCase(operationId)))
    const files = await readdir(path.join(client.folder, 'trainyard_client', 'api'), { recursive: true })
    const made = files.map((file) => path.basename(file)).filter((file) => file.endsWith('.py') && file !== '__init__.py')
    expect(made.toSorted()).toEqual(wanted.map((name) => `${name}.py`).toSorted())
  })

  test('submits, polls until it is completed, reads epochs, probes, and has a typed problem where something is refused', async () => {
    const script = path.join(import.meta.dirname, 'typed_client.py')
    const env = { ...process.env, PYTHONPATH: client.folder }
    const { stdout } = await promisify(execFile)(python ?? '', [script, service.url], { env, maxBuffer: 2 ** 26 })
    const outcome = Outcome.parse(JSON.parse(stdout))
    expect(outcome).toMatchObject({
      state: 'completed',
      layerSizes: [32, 16],
      refused: { status: 400, code: 'INVALID_INPUT', pointers: ['/epochs'] },
      missing: 'EXPERIMENT_NOT_FOUND',
      probe: { state: 'completed' },
    })
    expect(outcome.probe.cells).toEqual(['none', 'batch', 'layer'].flatMap((norm) => [0, 2].map((depth) => [depth, norm])))
    const address = `${service.url}/api/v1/experiments/${outcome.id}`
    const { items } = EpochList.parse(await (await fetch(`${address}/epochs`)).json())
    expect(items).toHaveLength(3)
    expect(outcome.losses).toEqual(items.map(({ loss }) => loss))
    expect(outcome.years).toEqual([...new Set(items.map(({ at }) => new Date(at).getUTCFullYear()))].toSorted((a, b) => a - b))
    expect(Experiment.parse(await (await fetch(address)).json()).state).toBe('completed')
  })
})

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
