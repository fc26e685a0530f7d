import { ExpectedError } from '@trainyard/contracts'

/** A field that is not valid: a JSON pointer into the body, or the name of a parameter, and what is wrong with it. */
export interface FieldError {
  pointer: string
  detail: string
}

/** Names every field that is not valid. */
export abstract class ValidationError extends ExpectedError {
  readonly fieldErrors: readonly FieldError[]
  constructor(code: 'INVALID_INPUT' | 'UNPROCESSABLE_CONFIG', fieldErrors: readonly FieldError[]) {
    super(code, fieldErrors.map(({ pointer, detail }) => (pointer ? `${pointer}: ${detail}` : detail)).join('; '))
    this.fieldErrors = fieldErrors
  }
}

export class InvalidInputError extends ValidationError {
  constructor(fieldErrors: readonly FieldError[]) {
    super('INVALID_INPUT', fieldErrors)
  }
}

/** Every field is valid alone, but not together with the others. */
export class UnprocessableConfigError extends ValidationError {
  constructor(fieldErrors: readonly FieldError[]) {
    super('UNPROCESSABLE_CONFIG', fieldErrors)
  }
}

export class MalformedJsonError extends ExpectedError {
  constructor(options?: ErrorOptions) {
    super('MALFORMED_JSON', 'The body cannot be read as JSON; check quotes, commas and brackets', options)
  }
}

export class BodyTooLargeError extends ExpectedError {
  constructor(maxBytes: number) {
    super('BODY_TOO_LARGE', `The body is larger than the ${maxBytes} bytes that this route takes`)
  }
}

export class UnsupportedMediaTypeError extends ExpectedError {
  constructor(message = "The body must be JSON; send it with the header 'Content-Type: application/json'") {
    super('UNSUPPORTED_MEDIA_TYPE', message)
  }
}

export class NotAcceptableError extends ExpectedError {
  constructor({ accept, offered }: { accept: string; offered: readonly string[] }) {
    super('NOT_ACCEPTABLE', `Accept asks for ${JSON.stringify(accept)}; this route answers ${offered.join(' or ')}`)
  }
}

export class UnauthenticatedError extends ExpectedError {
  constructor({ hasKey }: { hasKey: boolean }) {
    const what = hasKey ? 'The API key is unknown or revoked' : 'An API key is required'
    super('UNAUTHENTICATED', `${what}; send one as the header 'Authorization: Bearer KEY', or set TRAINYARD_API_KEY`)
  }
}

export class ForbiddenError extends ExpectedError {
  constructor(message: string) {
    super('FORBIDDEN', message)
  }
}

export class KeyInUrlError extends ExpectedError {
  constructor() {
    super(
      'INVALID_INPUT',
      "An API key must not be part of a URL, since logs keep URLs; send it as the header 'Authorization: Bearer KEY', and revoke this one",
    )
  }
}

export class RateLimitedError extends ExpectedError {
  readonly retryAfterSeconds: number
  constructor(retryAfterSeconds: number) {
    super('RATE_LIMITED', `Too many requests within a minute; try again in ${retryAfterSeconds} s`)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export class HostRefusedError extends ExpectedError {
  constructor(header: 'Host' | 'Origin', value: string | undefined) {
    super('HOST_REFUSED', `${header} is ${JSON.stringify(value ?? '')}; without API keys only localhost, 127.0.0.1 and [::1] are allowed`)
  }
}

export class MethodNotAllowedError extends ExpectedError {
  constructor(method: string, path: string) {
    super('METHOD_NOT_ALLOWED', `${path} does not take ${method}; the header Allow lists the methods that it takes`)
  }
}

export class RouteNotFoundError extends ExpectedError {
  constructor(method: string, path: string) {
    super('ROUTE_NOT_FOUND', `There is no ${method} ${path}; /docs lists all routes`)
  }
}
