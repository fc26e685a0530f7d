/** A photo that the user has chosen. */
export interface Photo {
  file: Blob
  /** What it is called, or where it comes from. */
  title: string
  /** Distinguishes it from others of the same name. */
  number: number
}

let given = 0

export function photoOf(file: Blob, title: string): Photo {
  given += 1
  return { file, title, number: given }
}
