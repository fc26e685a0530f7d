/** The part that we use: the package brings no types. */
declare module 'fs-native-extensions' {
  /** Locks the whole file against other descriptors; false when one of them holds it. Closing the descriptor unlocks. */
  export function tryLock(fd: number): boolean
}
