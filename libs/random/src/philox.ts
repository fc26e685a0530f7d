/**
 * Philox4x32-10, a counter-based generator: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 * The same key and counter give the same four words on every machine and in any order, so nothing random needs storing.
 */
const MULTIPLIER_0 = 0xd251_1f53
const MULTIPLIER_1 = 0xcd9e_8d57
const WEYL_0 = 0x9e37_79b9
const WEYL_1 = 0xbb67_ae85
const ROUNDS = 10

export type PhiloxCounter = readonly [number, number, number, number]
export type PhiloxKey = readonly [number, number]

/** Four random 32-bit words for a counter and a key, both of 32-bit words. */
export function philox4x32(counter: PhiloxCounter, key: PhiloxKey): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter
  let [k0, k1] = key
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0)
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0
    const high1 = multiplyHigh(MULTIPLIER_1, c2)
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0
    c0 = (high1 ^ c1 ^ k0) >>> 0
    c1 = low1
    c2 = (high0 ^ c3 ^ k1) >>> 0
    c3 = low0
    k0 = (k0 + WEYL_0) >>> 0
    k1 = (k1 + WEYL_1) >>> 0
  }
  return [c0, c1, c2, c3]
}

/** Upper 32 bits of the 64-bit product of two unsigned 32-bit words. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff
  const a1 = a >>> 16
  const b0 = b & 0xffff
  const b1 = b >>> 16
  const middle = a1 * b0 + ((a0 * b0) >>> 16) // < 2**33: exact in a double
  const carry = a0 * b1 + (middle % 0x1_0000)
  return (a1 * b1 + Math.floor(middle / 0x1_0000) + Math.floor(carry / 0x1_0000)) >>> 0
}
