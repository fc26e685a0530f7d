import path from 'node:path'

/** The script of a trainer that computes nothing, to be started in place of the real one. */
export const SCRIPTED_TRAINER = path.join(import.meta.dirname, 'scripted-trainer.ts')
