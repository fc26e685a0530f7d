import { ExpectedError } from '@trainyard/contracts'

/** One fault of the input: a JSON pointer into the body, or the name of a parameter, and what is wrong with it. */
export interface Fault {
  pointer: string
  detail: string
}

export class InvalidInputError extends ExpectedError {
  readonly faults: readonly Fault[]
  constructor(faults: readonly Fault[]) {
    super('INVALID_INPUT', sentence(faults))
    this.faults = faults
  }
}

/** Every field is fine alone, but not together with the others. */
export class UnprocessableConfigError extends ExpectedError {
  readonly faults: readonly Fault[]
  constructor(faults: readonly Fault[]) {
    super('UNPROCESSABLE_CONFIG', sentence(faults))
    this.faults = faults
  }
}

export class MalformedJsonError extends ExpectedError {
  constructor(options?: ErrorOptions) {
    super('MALFORMED_JSON', 'The body cannot be read as JSON; check quotes, commas and brackets', options)
  }
}

export class BodyTooLargeError extends ExpectedError {
  constructor(limitBytes: number) {
    super('BODY_TOO_LARGE', `The body is larger than the ${limitBytes} bytes that this route takes`)
  }
}

export class UnsupportedMediaTypeError extends ExpectedError {
  constructor() {
    super('UNSUPPORTED_MEDIA_TYPE', "The body must be JSON; send it with the header 'Content-Type: application/json'")
  }
}

export class NotAcceptableError extends ExpectedError {
  constructor({ accept, offered }: { accept: string; offered: readonly string[] }) {
    super('NOT_ACCEPTABLE', `Accept asks for ${JSON.stringify(accept)}; this comes as ${offered.join(' or ')}`)
  }
}

export class UnauthenticatedError extends ExpectedError {
  constructor(brought: boolean) {
    const what = brought ? 'The API key is unknown or revoked' : 'An API key is needed'
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
      "An API key must not stand in an address, where logs keep it; send it as the header 'Authorization: Bearer KEY', and revoke this one",
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
    super('METHOD_NOT_ALLOWED', `${path} does not take ${method}; the header Allow says what it takes`)
  }
}

export class RouteNotFoundError extends ExpectedError {
  constructor(method: string, path: string) {
    super('ROUTE_NOT_FOUND', `There is no ${method} ${path}; /docs lists all routes`)
  }
}

function sentence(faults: readonly Fault[]): string {
  return faults.map(({ pointer, detail }) => (pointer ? `${pointer}: ${detail}` : detail)).join('; ')
}
