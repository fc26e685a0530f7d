export { type PixelImage, resizeBilinear } from './resize-bilinear.ts'
