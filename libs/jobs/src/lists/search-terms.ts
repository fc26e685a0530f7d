const MAX_TERMS = 40
const FIRST_CHARACTERS = /^.{1,40}/u

/** The search terms of texts: of letters and digits, without case, each once. */
export function tokenize(...texts: readonly string[]): string[] {
  const words = texts
    .join(' ')
    .toWellFormed()
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
  const cut = words.flatMap((word) => FIRST_CHARACTERS.exec(word)?.[0] ?? [])
  return [...new Set(cut)].slice(0, MAX_TERMS)
}
