import fp from 'fastify-plugin'
import { z } from 'zod'
import { InvalidInputError } from '../http/request-errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Numeric parameters of the query. */
    numbers?: readonly string[]
  }
}

/** `?after=` is no number: without this it would be read as 0. */
export const emptyNumbers = fp(
  async (app) => {
    app.addHook('onRoute', (route) => {
      const query = route.schema?.querystring
      if (query instanceof z.ZodObject) route.config = { ...route.config, numbers: numbersIn(query) }
    })
    app.addHook('preValidation', async ({ query, routeOptions }) => {
      const given = new Map(Object.entries(query ?? {}))
      const empty = (routeOptions.config.numbers ?? []).filter((name) => given.get(name) === '')
      if (empty.length > 0)
        throw new InvalidInputError(empty.map((pointer) => ({ pointer, detail: 'is empty; give a number, or leave it out' })))
    })
  },
  { name: 'empty-numbers' },
)

const numbersIn = (query: z.ZodObject): string[] =>
  Object.entries(query.shape).flatMap(([name, type]) => {
    const { type: kind } = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' })
    return kind === 'integer' || kind === 'number' ? [name] : []
  })
