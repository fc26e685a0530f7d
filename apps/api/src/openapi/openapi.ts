import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { nameComponents } from './component-names.ts'

/** The OpenAPI 3.1 document at /openapi.json, and the page /docs. */
export const openapi = fp(
  async (app) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Trainyard',
          version: '1',
          description: 'POST an experiment; a worker trains it, and the loss of every epoch streams back.',
        },
        servers: [{ url: '/' }],
        components: {
          securitySchemes: {
            key: { type: 'http', scheme: 'bearer', description: 'an API key; on loopback none is needed until the first one is created' },
          },
        },
        security: [{ key: [] }, {}],
      },
      transform: jsonSchemaTransform,
      transformObject: (document) => nameComponents(jsonSchemaTransformObject(document)),
    })
    await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
    app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  },
  { name: 'openapi', dependencies: ['etags'] },
)
