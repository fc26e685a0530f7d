import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { ROOT } from '../process/repository.mjs'

/** @typedef {{ words: string[], in?: 'constants', say: string }} Rule */

const READ = /\.(ts|tsx|mjs|lua|py|md|yml|json|css|html)$|Dockerfile|\/run$/
/** History keeps its words; these two name them. */
const EXEMPT = /^(CHANGELOG\.md|package-lock\.json|docs\/decisions\/|tools\/check\/words\.)|\/goldens\//
const CONSTANT = /\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\b/g

/** Names as the words that they are made of: `heldBy`, `held-by` and `HELD_BY` all read "held by". @param {string} text */
const inWords = (text) =>
  text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]/g, ' ')
    .toLowerCase()

/** Prints each use of a word that is not the field's, with the one to take; exit code 1 where there is any. */
function main() {
  /** @type {Rule[]} */
  const rules = JSON.parse(readFileSync(path.join(ROOT, 'tools/check/words.json'), 'utf8'))
  const tests = rules.map(({ words, ...rule }) => ({ ...rule, pattern: new RegExp(String.raw`\b(${words.join('|')})\b`) }))
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' }).split('\n')
  let found = 0
  for (const file of files.filter((each) => READ.test(each) && !EXEMPT.test(each) && existsSync(path.join(ROOT, each))))
    for (const [number, line] of readFileSync(path.join(ROOT, file), 'utf8').split('\n').entries()) {
      const text = inWords(line)
      const constants = inWords((line.match(CONSTANT) ?? []).join(' ; '))
      for (const { pattern, say, ...rule } of tests) {
        const [word] = pattern.exec(rule.in === 'constants' ? constants : text) ?? []
        if (word === undefined) continue
        found += 1
        process.stdout.write(`${file}:${number + 1}: "${word}": say ${say}\n`)
      }
    }
  if (found > 0) process.exitCode = 1
}

main()
