import { readFile } from 'node:fs/promises'
import { ExpectedError, formatShare } from '@trainyard/contracts'
import type { Command } from 'commander'
import { progressBar } from '../terminal/progress-bar.ts'
import { type CliDeps, openSession } from '../terminal/session.ts'

const BAR_WIDTH = 20

class NoSuchPhotoError extends ExpectedError {
  constructor(file: string, options: ErrorOptions) {
    super('PHOTO_UNREADABLE', `${file} cannot be read; name a JPEG or PNG file`, options)
  }
}

export function addPredict(program: Command, deps: CliDeps): void {
  const command = program
    .command('predict')
    .description('classify a photo with the model of an experiment: its five likeliest flowers')
    .argument('<id>', 'an id, the beginning of one, or latest')
    .argument('<photo>', 'a JPEG or PNG file')
    .action(async (id: string, file: string) => {
      const session = openSession(command, deps)
      const photo = await readFile(file).catch((cause: unknown) => {
        throw new NoSuchPhotoError(file, { cause })
      })
      const prediction = await session.client.experiments.predict(id, new Uint8Array(photo))
      if (session.json) return session.printJson(prediction)
      const width = Math.max(...prediction.classes.map(({ name }) => name.length))
      session.print(
        ...prediction.classes.map(
          ({ name, probability }) =>
            `${name.padEnd(width)}  ${progressBar(probability, BAR_WIDTH)} ${formatShare(probability).padStart(7)}`,
        ),
        session.style('dim', `by its ${prediction.model.kind} model, of epoch ${prediction.model.epoch}`),
      )
    })
}
