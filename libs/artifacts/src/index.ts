/** Checkpoints by experiment, in a folder. Trainers write them; this finds, verifies and removes them. */
export { type CheckpointFolders, createCheckpointFolders } from './checkpoint-folders.ts'
