import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import wabt from 'wabt'

test('resample-wasm.ts — holds what resample.wat assembles to', async () => {
  const file = new URL('./resample.wat', import.meta.url)
  const assembler = await wabt()
  const { buffer } = assembler.parseWat('resample.wat', await readFile(file)).toBinary({})
  const source = `/** Made from resample.wat; see there. */\nexport const RESAMPLE_WASM =\n  '${Buffer.from(buffer).toString('base64')}'\n`
  await expect(source).toMatchFileSnapshot('./resample-wasm.ts')
})
