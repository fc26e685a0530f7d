/**
 * @typedef {object} Finding
 * @property {string} name
 * @property {boolean | null} ok null: not there, and nothing wrong with that
 * @property {string} detail with what to do where something is wrong
 */

/** @param {Finding} finding */
export function findingLine({ name, ok, detail }) {
  const sign = ok === null ? '–' : ok ? '✓' : '✗'
  return `${sign} ${name.padEnd(10)} ${detail}`
}
