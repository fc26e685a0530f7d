export { philox4x32, type PhiloxCounter, type PhiloxKey } from './philox.ts'
export { permutation, type RandomStream, randomStream, type StreamName, STREAMS } from './stream.ts'
