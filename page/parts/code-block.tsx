import { printable } from '../../reports/parts/escape'
import { Copy } from './copy'
import { Breakable } from './text'

/** Text to be copied: what is shown of it hides nothing, what is copied is the text itself. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <div class="code">
      <pre tabIndex={0}>
        <Breakable text={printable(text, { lines: true })} />
      </pre>
      <Copy text={text} label={label} />
    </div>
  )
}
