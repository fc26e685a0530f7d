import { expect, test } from 'vitest'
import { firstDifference } from './printed-text.ts'

test.each([
  [['loss 4.625'], ['loss 4.626']],
  [['loss 4.625 in … s'], ['loss 4.625 in 17.2 s']],
  [['depth   9   13.67'], ['depth 9 13.671']],
  [
    ['first', '…', 'last'],
    ['first', 'a', 'b', 'last'],
  ],
  [['accuracy 95.0 %'], ['accuracy 95.6 %']],
  [['…'], ['anything', 'at all']],
  [['1.2e-4'], ['1.1e-4']],
  [['a …c 2…d'], ['a b c 1 c 2 d']],
  [
    ['{', '  "a": "b,  {",', '  "n": [64, 512, …],', '  …', '}', 'end'],
    ['{"a":"b,  {","n":[64,512,512],"more":{}}', 'end'],
  ],
  [['{"n":[64,512]}'], ['{', '  "n": [', '    64,', '    512', '  ]', '}']],
])('firstDifference() — %j allows %j', (expected, printed) => {
  expect(firstDifference(expected, printed)).toBeNull()
})

test.each([
  [['loss 4.625'], ['loss 4.725']],
  [['depth 9'], ['depth 8']],
  [['accuracy 95.0 %'], ['accuracy 96.0 %']],
  [['accuracy 3.6 %'], ['accuracy 3.9 %']],
  [['loss 95.0'], ['loss 95.6']],
  [['one'], ['one', 'two']],
  [['one', 'two'], ['one']],
  [
    ['first', '…', 'last'],
    ['first', 'a'],
  ],
  [['batch norm'], ['layer norm']],
  [['a … c'], ['a b c d']],
  [['…b c'], ['a b']],
  [['{', '  "a": 1', '}'], ['{"a":1,"b":2}']],
  [['{', '  "a b": 1', '}'], ['{"ab":1}']],
])('firstDifference() — %j refuses %j', (expected, printed) => {
  expect(firstDifference(expected, printed)).not.toBeNull()
})
