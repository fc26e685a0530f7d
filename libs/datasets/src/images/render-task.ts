/** Where pixels come from: JPEG files, or the program that draws synthetic flowers. */
export type ImageSource = { kind: 'jpegs'; files: string[] } | { kind: 'synthetic'; labels: Uint8Array; firstPose: number }

/** What each worker thread is given. All of them take images from one counter and write into one memory. */
export interface RenderTask {
  source: ImageSource
  /** Which of the source's images, in this order; null: all of them. */
  which: Int32Array | null
  count: number
  imageSize: number
  /** (count, 3, imageSize, imageSize) as bytes. */
  pixels: SharedArrayBuffer
  /** One 32-bit integer: the next image that no thread has taken. */
  next: SharedArrayBuffer
}

/** Messages of a worker thread. Errors are data: a class does not survive structured cloning. */
export type RenderMessage =
  | { type: 'done'; images: number }
  | { type: 'missing'; file: string }
  | { type: 'corrupt'; file: string; fault: string }
