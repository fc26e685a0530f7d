/**
 * What TensorFlow reads when it is loaded, so that a GPU gives the same bits in every run, and float32's own precision; a CPU's bits and speed stay as
 * they are. Other values in the environment are kept.
 */
export function enableDeterminism(env: NodeJS.ProcessEnv): void {
  env['TF_DETERMINISTIC_OPS'] ??= '1' // no sums in whatever order threads come, no choice of an algorithm by how fast it was
  env['TF_DISABLE_SCATTER_OP_DETERMINISM'] ??= '1' // else rows are scattered on the host; ours go to places of their own, so that their order is no matter
  env['NVIDIA_TF32_OVERRIDE'] ??= '0' // else cuBLAS may multiply with 10 bits of mantissa
}
