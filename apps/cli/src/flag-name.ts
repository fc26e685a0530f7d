/** `imageSize` → `--image-size`; of a path into a list, the flag that takes the list. */
export function flagOf(field: string): string {
  const name = field.split(/[/.]/)[0] ?? field
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
