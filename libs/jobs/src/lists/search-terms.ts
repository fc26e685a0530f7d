const MOST_WORDS = 40
const LONGEST_WORD = /^.{1,40}/u

/** The words of a text as people search for them: of letters and digits, without case, each once. */
export function wordsOf(...texts: readonly string[]): string[] {
  const words = texts
    .join(' ')
    .toWellFormed()
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
  const cut = words.flatMap((word) => LONGEST_WORD.exec(word)?.[0] ?? [])
  return [...new Set(cut)].slice(0, MOST_WORDS)
}
