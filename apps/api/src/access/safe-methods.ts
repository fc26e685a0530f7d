const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Read-only by RFC 9110, 9.2.1: it needs the scope `read`, is not audited, and a page of another site may send it. */
export const isSafe = (method: string): boolean => SAFE_METHODS.has(method)
