/** Nine digits tell any two float32 apart; as a double the same value would print up to seventeen. */
export const shortFloat32 = (value: number): number => Number(value.toPrecision(9))
