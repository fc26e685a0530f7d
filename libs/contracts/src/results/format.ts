import { fromJsonNumber, type JsonNumber } from '../http/json-number.ts'

const NOTHING = '–'

export function formatLoss(loss: JsonNumber | null): string {
  return loss === null ? NOTHING : fromJsonNumber(loss).toFixed(6)
}

/** A share of one as percent. */
export function formatShare(share: JsonNumber | null): string {
  return share === null ? NOTHING : `${(fromJsonNumber(share) * 100).toFixed(1)} %`
}

export function formatSeconds(seconds: number | null): string {
  if (seconds === null) return NOTHING
  if (seconds < 10) return `${seconds.toFixed(2)} s`
  const whole = Math.round(seconds)
  if (whole < 100) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return minutes < 100 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export function formatBytes(bytes: number): string {
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(2)} GiB`
}

/** 26000000 → "26,000,000". */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 })
}
