import type { Experiment } from '@trainyard/client'
import { configLabels } from '../parts/config-chips.tsx'

/** All the words are in its name, id, tags, state or config. */
export function matchesSearch(
  { id, name, tags, state, config }: Pick<Experiment, 'id' | 'name' | 'tags' | 'state' | 'config'>,
  words: string,
): boolean {
  const text = [name ?? '', id, ...tags, state, ...configLabels(config)].join(' ').toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
