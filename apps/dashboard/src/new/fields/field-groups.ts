import type { CommandFlag } from '@trainyard/schema-fields'

export interface FieldGroup {
  title: string
  flags: CommandFlag[]
  /** What people fill in; the rest stays closed until they ask for it. */
  open: boolean
}

const TITLES = {
  Network: ['depth', 'width', 'layerSizes', 'bias', 'norm', 'normPosition', 'normAffine', 'groupSize'],
  Training: ['lr', 'momentum', 'batchSize', 'epochs', 'seed', 'initialWeights'],
  Data: ['dataset', 'imageSize', 'evaluate'],
} as const
const OTHERS = 'How it runs'
const FIRST_OF_OTHERS = ['name', 'tags', 'notes']

/** Fields by topic; those without a topic of their own are about execution. */
export function fieldGroups(flags: readonly CommandFlag[]): FieldGroup[] {
  const named = (fields: readonly string[]): CommandFlag[] => fields.flatMap((field) => flags.filter((flag) => flag.field === field))
  const placed: readonly string[] = [...Object.values(TITLES).flat(), ...FIRST_OF_OTHERS]
  const others = [...named(FIRST_OF_OTHERS), ...flags.filter(({ field }) => !placed.includes(field))]
  const groups = Object.entries(TITLES).map(([title, fields]) => ({ title, flags: named(fields), open: true }))
  return [...groups, { title: OTHERS, flags: others, open: false }].filter((group) => group.flags.length > 0)
}
