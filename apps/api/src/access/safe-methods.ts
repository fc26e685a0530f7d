const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Whether a call only looks (RFC 9110, 9.2.1): it needs no more than `read`, is not audited, and a foreign page may send it. */
export const isSafe = (method: string): boolean => SAFE_METHODS.has(method)
