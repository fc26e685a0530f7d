import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { ExpectedError } from '@trainyard/contracts'
import { parse } from 'yaml'
import { z } from 'zod'

const STDIN = '-'
const Fields = z.record(z.string(), z.unknown())

/** The fields in a YAML or JSON file, or in what comes on stdin where it is called `-`. */
export async function readRequestFile(file: string, { stdin }: { stdin: NodeJS.ReadableStream }): Promise<Record<string, unknown>> {
  const content = await (file === STDIN ? text(stdin) : readFile(file, 'utf8')).catch((cause: unknown) => {
    throw new ExpectedError('INVALID_INPUT', `${file} cannot be read; give a YAML or JSON file, or - for stdin`, { cause })
  })
  const name = file === STDIN ? 'stdin' : file
  const fields = Fields.safeParse(parseYaml(content, name))
  if (fields.success) return fields.data
  throw new ExpectedError('INVALID_INPUT', `${name} must have fields, one a line like "depth: 3", or a JSON object`)
}

/** JSON is YAML, too. */
function parseYaml(content: string, name: string): unknown {
  try {
    return parse(content)
  } catch (cause) {
    const [line] = cause instanceof Error ? cause.message.split('\n') : []
    throw new ExpectedError('INVALID_INPUT', `${name} is neither YAML nor JSON: ${line ?? ''}`, { cause })
  }
}
