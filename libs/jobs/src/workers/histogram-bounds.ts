/** Upper bounds of the histograms' buckets, in seconds. */
export const WAIT_BOUNDS = [0.1, 0.3, 1, 3, 10, 30, 60, 300, 900, 3600, 10_800, 43_200]
export const EPOCH_BOUNDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000]
