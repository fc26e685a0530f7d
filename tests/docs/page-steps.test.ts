import { expect, test } from 'vitest'
import { beginsWithCommand, fencedBlocks } from './fenced-blocks.ts'
import { isRun, pageSteps } from './page-steps.ts'

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
  '```text',
  '$ never run',
  '```',
  '```sh',
  'cd there',
  'pwd',
  '```',
  '```yaml sweep.yaml',
  'lr: 1',
  '```',
].join('\n')

test('pageSteps() — commands over several lines with their output, scripts, files', () => {
  expect(pageSteps(page)).toEqual([
    { line: 3, title: 'one --flag \\', script: 'one --flag \\\n    more', output: ['its output', ''], needsPython: false },
    { line: 7, title: "two <<'JS'", script: "two <<'JS'\n$ inside\nJS", output: [], needsPython: false },
    { line: 15, title: 'sh: cd there', script: 'set -e\ncd there\npwd\nset +e', output: null, needsPython: false },
    {
      line: 19,
      title: 'the file sweep.yaml',
      script: "cat > sweep.yaml <<'END OF BLOCK'\nlr: 1\nEND OF BLOCK",
      output: null,
      needsPython: false,
    },
  ])
})

test('isRun(), beginsWithCommand() — a command in a block that nothing runs is seen', () => {
  expect(fencedBlocks(page).filter((block) => !isRun(block) && beginsWithCommand(block))).toMatchObject([{ line: 12, kind: 'text' }])
})
