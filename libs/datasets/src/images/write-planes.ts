/** (row, column, channel) to (channel, row, column). */
export function writePlanes(interleaved: Uint8Array, planes: Uint8Array): void {
  const plane = planes.length / 3
  for (let pixel = 0, i = 0; pixel < plane; pixel++) {
    planes[pixel] = interleaved[i++]!
    planes[plane + pixel] = interleaved[i++]!
    planes[2 * plane + pixel] = interleaved[i++]!
  }
}
