import type { Experiment } from '@trainyard/client'
import { configWords } from '../parts/config-chips.tsx'

/** All the words are in its name, id, tags, state or config. */
export function fitsWords(
  { id, name, tags, state, config }: Pick<Experiment, 'id' | 'name' | 'tags' | 'state' | 'config'>,
  words: string,
): boolean {
  const text = [name ?? '', id, ...tags, state, ...configWords(config)].join(' ').toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
