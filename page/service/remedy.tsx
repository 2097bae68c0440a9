import { useState } from 'preact/hooks'
import type { Blocker } from '../../harness/model/report'
import { printable } from '../../reports/parts/escape'
import { Copy } from '../parts/copy'
import { WithLinks } from '../parts/text'

/** What to do about a blocker: mend it, hand it to a policy, or accept it. */
export function Remedy({ blocker }: { blocker: Blocker }) {
  const { remedy, id } = blocker
  return (
    <div class="card-side">
      <h4>What to do</h4>
      <p>
        <WithLinks text={remedy.text} />
      </p>
      {remedy.policy === null ? null : (
        <>
          <h4>Policy</h4>
          <CodeBlock text={remedy.policy} label="Copy the policy" />
        </>
      )}
      <h4>Accept it</h4>
      <Accept id={id} />
    </div>
  )
}

/** How a blocker is accepted, by where a team writes that down. */
const forms: Record<string, (id: string) => string> = {
  id: (id) => id,
  TypeScript: (id) => `expect: {\n  blockedBy: [${quoted(id)}],\n}`,
}

const quoted = (id: string): string => (/['\\\p{C}]/u.test(id) ? JSON.stringify(id) : `'${id}'`)

function Accept({ id }: { id: string }) {
  const [form, setForm] = useState('id')
  const text = forms[form]?.(id) ?? id
  return (
    <>
      <div class="choice" role="group" aria-label="Where it is accepted">
        {Object.keys(forms).map((name) => (
          <button key={name} type="button" aria-pressed={name === form} onClick={() => setForm(name)}>
            {name}
          </button>
        ))}
      </div>
      <CodeBlock text={text} label="Copy what accepts it" />
    </>
  )
}

function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <div class="code">
      <pre tabIndex={0}>{printable(text, { lines: true })}</pre>
      <Copy text={text} label={label} />
    </div>
  )
}
