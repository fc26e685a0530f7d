/** Checkpoints and models by experiment, in folders. Trainers write them; this finds, verifies, reads and removes them. */
export { type CheckpointFolders, createCheckpointFolders } from './checkpoint-folders.ts'
export { createModelFolders, ModelFile, type ModelFolders, type OpenModelFile } from './model-folders.ts'
