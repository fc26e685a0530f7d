/** Checkpoints, models, weights that were uploaded and what runs begin with, in folders. Trainers and clients write them; this finds, takes over, reads and removes them. */
export { type Artifacts, openArtifacts } from './artifacts.ts'
export type { CheckpointFolders } from './checkpoint-folders.ts'
export { type ArtifactOwner, type ArtifactOwners, collectGarbage } from './collect-garbage.ts'
export { ModelFile, type ModelFolders, type OpenModelFile } from './model-folders.ts'
export type { ResultFiles } from './result-files.ts'
export type { StartFolders } from './start-folders.ts'
export type { WeightsFiles } from './weights-files.ts'
