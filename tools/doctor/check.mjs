/**
 * What one look has shown.
 * @typedef {object} Check
 * @property {string} name
 * @property {'ok' | 'missing' | 'optional'} state `optional` is not there, and need not be
 * @property {string} detail
 * @property {string} [advice] what to do
 */

/** @param {string} name @param {string} detail @returns {Check} */
export function ok(name, detail) {
  return { name, state: 'ok', detail }
}

/** @param {string} name @param {{ detail: string, advice: string }} fault @returns {Check} */
export function missing(name, fault) {
  return { name, state: 'missing', ...fault }
}

/** @param {string} name @param {{ detail: string, advice?: string }} fault @returns {Check} */
export function optional(name, fault) {
  return { name, state: 'optional', ...fault }
}
