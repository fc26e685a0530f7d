import type { jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'

type OpenApiDocument = ReturnType<typeof jsonSchemaTransformObject>

const Components = z.looseObject({ components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }) })
const REFERENCE = /"#\/components\/schemas\/(\w+)"/g

/**
 * The document with names for people in place of a generator's: each schema comes in once for requests, as `XInput`, and once for answers, as `X`.
 * What no route refers to goes. What is sent is an `X`, and so is what is answered, but where its defaults are spelt out: an `XResolved`.
 */
export function nameComponents(document: OpenApiDocument): OpenApiDocument {
  const { components, ...rest } = Components.parse(document)
  const schemas = new Map(Object.entries(components.schemas))
  const used = new Set<string>()
  const use = (value: unknown): void => {
    for (const name of referencesOf(value)) {
      if (used.has(name)) continue
      used.add(name)
      use(schemas.get(name))
    }
  }
  use(rest)

  const isSame = (name: string): boolean => {
    const [sent, answered] = [schemas.get(`${name}Input`), schemas.get(name)]
    const nested = referencesOf(answered).filter((other) => used.has(other) && used.has(`${other}Input`))
    return (
      JSON.stringify(sent).replaceAll(REFERENCE, (text) => text.replace(/Input"$/, '"')) === JSON.stringify(answered) &&
      nested.every(isSame)
    )
  }
  const named = (name: string): string => {
    if (name.endsWith('Input')) return name.slice(0, -'Input'.length)
    return used.has(`${name}Input`) && !isSame(name) ? `${name}Resolved` : name
  }
  const kept = Object.fromEntries([...used].toSorted().map((name) => [named(name), schemas.get(name)]))
  const whole = { ...rest, components: { ...components, schemas: kept } }
  return JSON.parse(JSON.stringify(whole).replaceAll(REFERENCE, (_, name: string) => `"#/components/schemas/${named(name)}"`))
}

const referencesOf = (value: unknown): string[] => [...(JSON.stringify(value) ?? '').matchAll(REFERENCE)].map(([, name = '']) => name)
