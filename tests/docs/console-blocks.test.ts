import { expect, test } from 'vitest'
import { consoleCommands, firstDifference } from './console-blocks.ts'

const page = [
  'Text, and `$ not this`.',
  '```console',
  '$ one --flag \\',
  '    more',
  'its output',
  '',
  "$ two <<'JS'",
  '$ inside',
  'JS',
  '```',
  '```sh',
  '$ of another kind',
  '```',
].join('\n')

test('consoleCommands() — commands over several lines, and their output', () => {
  expect(consoleCommands(page)).toEqual([
    { line: 3, command: 'one --flag \\\n    more', output: ['its output', ''] },
    { line: 7, command: "two <<'JS'\n$ inside\nJS", output: [] },
  ])
})

test.each([
  [['loss 4.625'], ['loss 4.626']],
  [['loss 4.625 in … s'], ['loss 4.625 in 17.2 s']],
  [['depth   9   13.67'], ['depth 9 13.671']],
  [
    ['first', '…', 'last'],
    ['first', 'a', 'b', 'last'],
  ],
  [['…'], ['anything', 'at all']],
  [['1.2e-4'], ['1.1e-4']],
])('firstDifference() — %j allows %j', (expected, printed) => {
  expect(firstDifference(expected, printed)).toBeNull()
})

test.each([
  [['loss 4.625'], ['loss 4.725']],
  [['depth 9'], ['depth 8']],
  [['one'], ['one', 'two']],
  [['one', 'two'], ['one']],
  [
    ['first', '…', 'last'],
    ['first', 'a'],
  ],
  [['batch norm'], ['layer norm']],
])('firstDifference() — %j refuses %j', (expected, printed) => {
  expect(firstDifference(expected, printed)).not.toBeNull()
})
