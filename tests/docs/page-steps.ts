import { type FencedBlock, fencedBlocks } from './fenced-blocks.ts'

/** Something on a page that a reader may run, as a script for bash. */
export interface PageStep {
  line: number
  title: string
  script: string
  /** What the page says that it prints, or null: it must only succeed. */
  output: string[] | null
  /** `$PYTHON` runs it. */
  needsPython: boolean
}

const RUNNERS: Record<string, (block: FencedBlock) => PageStep[]> = {
  console: consoleSteps,
  sh: (block) => [{ ...titled(block), script: ['set -e', ...block.lines, 'set +e'].join('\n') }],
  js: (block) => [{ ...titled(block), script: heredoc('node --input-type=module -', block) }],
  python: (block) => [{ ...titled(block), script: heredoc('"$PYTHON" -', block), needsPython: true }],
}

/** Blocks of these kinds are run; those of other kinds are not. */
export const isRun = ({ kind, file }: FencedBlock): boolean => kind in RUNNERS || file !== null

/** All that a page's reader may run, from top to bottom. A block with a file's name is written to that file. */
export function pageSteps(markdown: string): PageStep[] {
  return fencedBlocks(markdown).flatMap((block) => {
    if (block.file !== null) return [{ ...titled(block), title: `the file ${block.file}`, script: heredoc(`cat > ${block.file}`, block) }]
    return RUNNERS[block.kind]?.(block) ?? []
  })
}

/** `$ ` begins a command, a trailing backslash or a here-document carries it on, and its output follows. */
function consoleSteps({ line, lines }: FencedBlock): PageStep[] {
  const steps: (PageStep & { output: string[] })[] = []
  let until: string | null = null
  for (const [i, text] of lines.entries()) {
    const current = steps.at(-1)
    if (current && (until !== null || current.script.endsWith('\\'))) {
      current.script += `\n${text}`
      if (text === until) until = null
    } else if (text.startsWith('$ ')) {
      steps.push({ line: line + i, title: text.slice(2), script: text.slice(2), output: [], needsPython: false })
      until = /<<'(\w+)'/.exec(text)?.[1] ?? null
    } else current?.output.push(text)
  }
  return steps
}

const titled = ({ line, kind, lines }: FencedBlock) => ({ line, title: `${kind}: ${lines[0] ?? ''}`, output: null, needsPython: false })

const heredoc = (command: string, { lines }: FencedBlock): string => [`${command} <<'END OF BLOCK'`, ...lines, 'END OF BLOCK'].join('\n')
