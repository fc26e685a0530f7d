import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ExperimentRequest } from '@trainyard/contracts'
import { parseFlags } from '@trainyard/schema-fields'
import { expect, test } from 'vitest'
import { cliCommand, curlCommand } from './experiment-commands.ts'

const origin = 'http://127.0.0.1:8787'
const NASTY = `it's "$HOME" \`id\` \\ !! {a,b} *\n\tüñ; rm -rf ~ #`

/** The words that a shell makes of a line, by a program of that name that prints them. */
async function wordsIn(line: string, program: string): Promise<string[]> {
  const script = `${program}() { printf '%s\\0' "$@"; }\n${line}`
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { env: { ...process.env, TRAINYARD_API_KEY: 'ty_secret' } })
  return stdout.split('\0').slice(0, -1)
}

test('curlCommand() — only what was given, whatever it holds', async () => {
  const given = { depth: 12, norm: 'batch', bias: false, name: NASTY, tags: ['a', "b'c"] }
  const words = await wordsIn(curlCommand({ given, origin, withKey: false }), 'curl')
  expect(words[0]).toBe(`${origin}/api/v1/experiments`)
  expect(words[words.indexOf('-H') + 1]).toBe('Content-Type: application/json')
  expect(JSON.parse(words[words.indexOf('-d') + 1] ?? '')).toEqual(given)
  expect(words.join(' ')).not.toContain('Authorization')
})

test('curlCommand() — says where the key goes, and the shell puts it there', async () => {
  const command = curlCommand({ given: {}, origin, withKey: true })
  expect(command).toContain('-H "Authorization: Bearer $TRAINYARD_API_KEY"')
  expect(await wordsIn(command, 'curl')).toContain('Authorization: Bearer ty_secret')
})

test('cliCommand() — flags that read as the same fields', async () => {
  const given = { layerSizes: [8, 16], bias: false, recordLayers: false, normAffine: true, lr: 1e-7, name: NASTY.trim(), priority: -5 }
  const [trainyard, submit, ...words] = await wordsIn(cliCommand({ given, origin, withKey: true }), 'npx')
  expect([trainyard, submit]).toEqual(['trainyard', 'submit'])
  expect(words).not.toContain('--url')
  expect(words).toContain('--priority=-5')
  expect(words.slice(words.indexOf('--name')).slice(0, 2)).toEqual(['--name', NASTY.trim()])
  expect(
    parseFlags(ExperimentRequest, { 'layer-sizes': words[words.indexOf('--layer-sizes') + 1], lr: words[words.indexOf('--lr') + 1] }),
  ).toMatchObject({ layerSizes: [8, 16], lr: 1e-7 })
  for (const flag of ['--no-bias', '--no-record-layers', '--norm-affine']) expect(words).toContain(flag)
})

test('cliCommand() — names a service that is elsewhere; a name that begins with a dash is no flag', () => {
  expect(cliCommand({ given: {}, origin: 'https://lab.example', withKey: false })).toBe('npx trainyard submit --url https://lab.example')
  expect(cliCommand({ given: { name: '-x y' }, origin, withKey: false })).toBe("npx trainyard submit --name='-x y'")
})
