/** Redis is called full before it refuses writes. */
export const FULL_SHARE = 0.85

/** A field of INFO's answer, lines of `name:value`. */
export function infoField(info: string, name: string): string | null {
  const line = info.split('\r\n').find((each) => each.startsWith(`${name}:`))
  return line?.slice(name.length + 1) ?? null
}

/** Used share of maxmemory; null where Redis has no limit. */
export function memoryShare(info: string): number | null {
  const limitBytes = Number(infoField(info, 'maxmemory') ?? 0)
  return limitBytes > 0 ? Number(infoField(info, 'used_memory')) / limitBytes : null
}
