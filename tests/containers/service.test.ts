import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startContainers } from '@trainyard/testing/containers/container-service'
import { buildImages, isDockerAvailable } from '@trainyard/testing/containers/docker'
import { flowers102Root } from '@trainyard/testing/inputs/flowers102'
import { poll } from '@trainyard/testing/inputs/poll'

const here = await isDockerAvailable()
const { root } = flowers102Root()

describe.skipIf(!here)('Redis, the API and a worker in containers', () => {
  let service: Awaited<ReturnType<typeof startContainers>>
  beforeAll(async () => {
    await buildImages()
    service = await startContainers()
    await service.startWorker({ ...(root && { flowers102: root }) })
  }, 1_200_000)
  afterAll(() => service?.close())

  const completed = (id: string) =>
    poll(
      async () => {
        const experiment = await service.client.experiments.get(id)
        if (experiment.state !== 'completed') throw new Error(`${experiment.state} (${JSON.stringify(experiment.error)})`)
        return experiment
      },
      { timeoutMs: 240_000 },
    )

  test('without a key — nothing', async () => {
    expect((await fetch(`${service.url}/api/v1/experiments`)).status).toBe(401)
  })

  test('the dashboard is in the image, with all that it is made of', async () => {
    const page = await fetch(service.url, { headers: { accept: 'text/html' } })
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const [script = 'none'] = /\/assets\/[\w-]+\.js/.exec(await page.text()) ?? []
    expect((await fetch(`${service.url}${script}`)).headers.get('content-type')).toMatch(/javascript/)
  })

  test.skipIf(root === null)(
    'an experiment trains to its end on the real images, mounted read-only into the worker',
    async () => {
      const { id } = await service.client.experiments.submit({ dataset: 'flowers102', imageSize: 32, depth: 2, epochs: 2 })
      const { latest, datasetHash } = await completed(id)
      expect(datasetHash).toMatch(/^[0-9a-f]{64}$/)
      const { items } = await service.client.experiments.epochs(id)
      expect(items.map(({ epoch }) => epoch)).toEqual([1, 2])
      expect(Math.abs(Number(items[0]?.loss) - Math.log(102))).toBeLessThan(0.05)
      expect(latest?.epoch).toBe(2)
    },
    300_000,
  )
})
