import { useRef, useState } from 'react'

/** A command to take along. */
export function CopyBlock({ title, text }: { title: string; text: string }) {
  const block = useRef<HTMLPreElement>(null)
  const [said, setSaid] = useState('')
  async function copy(): Promise<void> {
    try {
      // not there where the page comes over http from another host
      await navigator.clipboard.writeText(text)
      setSaid('Copied')
    } catch {
      if (block.current) getSelection()?.selectAllChildren(block.current)
      setSaid('Selected: copy it with Ctrl-C')
    }
  }
  return (
    <div className="copy-block">
      <div className="row">
        <h3>{title}</h3>
        <span className="muted end" role="status">
          {said}
        </span>
        <button type="button" onClick={() => void copy()} aria-label={`Copy: ${title}`}>
          Copy
        </button>
      </div>
      <pre ref={block} tabIndex={0} role="region" aria-label={title} onBlur={() => setSaid('')}>
        {text}
      </pre>
    </div>
  )
}
