/** A fenced block of a Markdown page. */
export interface FencedBlock {
  /** Of its first line, from 1. */
  line: number
  /** The first word behind the fence: console, sh, json … */
  kind: string
  /** The second word, where the block is a file's content. */
  file: string | null
  lines: string[]
}

export function fencedBlocks(markdown: string): FencedBlock[] {
  const blocks: FencedBlock[] = []
  let open: FencedBlock | null = null
  for (const [i, line] of markdown.split('\n').entries()) {
    if (line.startsWith('```')) {
      const [kind = '', file = null] = line.slice(3).split(' ')
      open = open ? null : { line: i + 2, kind, file, lines: [] }
      if (open) blocks.push(open)
    } else open?.lines.push(line)
  }
  return blocks
}

const COMMAND = /^(?:\$ |(?:sudo |npx )?(?:trainyard|curl|npm|npx|node|git|python3?|pip|docker|export|bash|sh)\b|[\w]+=\$\()/

/** Whether a reader would take a block for something to run. */
export const beginsWithCommand = ({ lines }: FencedBlock): boolean => COMMAND.test(lines.find((line) => line.trim() !== '') ?? '')
