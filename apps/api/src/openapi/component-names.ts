import type { jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'

type OpenApiDocument = ReturnType<typeof jsonSchemaTransformObject>

const Components = z.looseObject({ components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }) })
const REFERENCE = /"#\/components\/schemas\/(\w+)"/g

/**
 * The document with readable names in place of the generator's, which has each schema twice: `XInput` for requests and `X` for answers. Schemas that
 * no route refers to are dropped. A request's schema becomes `X`, and so does an answer's, unless it differs by its resolved defaults: `XResolved`.
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
