const ROWS_PER_CHUNK = 64

/** A matrix (rows, columns) as its transpose (columns, rows), some rows of that at a time: what PyTorch calls a Linear's weight. */
export function* transposedRows(values: Float32Array, [rows = 0, columns = 0]: readonly number[]): Generator<Float32Array> {
  for (let first = 0; first < columns; first += ROWS_PER_CHUNK) {
    const count = Math.min(ROWS_PER_CHUNK, columns - first)
    const piece = new Float32Array(count * rows)
    // neighbours in memory are read together, and each of the piece's rows is written in order
    for (let row = 0; row < rows; row++) for (let i = 0; i < count; i++) piece[i * rows + row] = values[row * columns + first + i] ?? 0
    yield piece
  }
}
