export { registerLayers } from './group-normalization.ts'
export {
  type ExportedLayer,
  type ExportedNetwork,
  type ExportedNorm,
  layersModelJson,
  layersModelWeights,
  type ModelWeight,
} from './layers-model.ts'
export { likeliest } from './likeliest.ts'
export { type PixelImage, resizeBilinear } from './resize-bilinear.ts'
