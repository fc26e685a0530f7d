/** Nine digits distinguish any two float32; as a double the same value would print up to seventeen. */
export const shortFloat32 = (value: number): number => Number(value.toPrecision(9))
