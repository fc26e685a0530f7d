/** Checkpoints, models and what forks begin with, in folders. Trainers write them; this finds, takes over, reads and removes them. */
export { type Artifacts, openArtifacts } from './artifacts.ts'
export type { CheckpointFolders } from './checkpoint-folders.ts'
export { type ArtifactOwner, type ArtifactOwners, collectGarbage } from './collect-garbage.ts'
export { ModelFile, type ModelFolders, type OpenModelFile } from './model-folders.ts'
export type { ResultFiles } from './result-files.ts'
export type { StartFolders } from './start-folders.ts'
