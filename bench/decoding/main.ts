/** `node bench/decoding/main.ts --python VENV/bin/python --flowers102 FOLDER`: prints a table. */
import { parseArgs } from 'node:util'
import { benchDecoding } from './bench-decoding.ts'

const { values } = parseArgs({
  options: { python: { type: 'string' }, flowers102: { type: 'string' }, rounds: { type: 'string', default: '3' } },
})
if (values.python === undefined || values.flowers102 === undefined) {
  console.error('Give --python (an interpreter with torchvision and scipy) and --flowers102 (the folder that holds flowers-102).')
  process.exitCode = 2
} else {
  const times = await benchDecoding({ python: values.python, flowers102: values.flowers102, imageSize: 128, rounds: Number(values.rounds) })
  console.log('seconds for the 1,020 images of the train split at 128 pixels, one column a round')
  for (const [name, seconds] of Object.entries(times))
    console.log(name.padEnd(12), seconds.map((value) => value.toFixed(2).padStart(6)).join(''))
}
