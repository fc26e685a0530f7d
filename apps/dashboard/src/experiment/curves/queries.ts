/** What the answers of the service are kept under. */
export const experimentKey = (id: string) => ['experiment', id] as const
export const stepsKey = (id: string, epoch?: number) => ['steps', id, ...(epoch === undefined ? [] : [epoch])] as const
