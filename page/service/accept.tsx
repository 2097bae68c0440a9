import { useState } from 'preact/hooks'
import { printable } from '../../reports/parts/escape'
import { shell } from '../data/shell'
import { CodeBlock } from '../parts/code-block'

interface Accepted {
  id: string
  /** Null where no service is known by a name. */
  app: string | null
}

/** How a blocker is accepted, by where a team writes that down. Null: not there. */
const forms: Record<string, (accepted: Accepted) => string | null> = {
  id: ({ id }) => id,
  'crac-preflight.yaml': ({ id, app }) =>
    app === null ? null : `apps:\n  ${yaml(filled(app))}:\n    accept:\n      - ${yaml(filled(id))}`,
  baseline: ({ id, app }) => (app === null ? null : `${yaml(app)}:\n  - ${yaml(id)}`),
  TypeScript: ({ id }) => `expect: {\n  blockedBy: [${typeScript(id)}],\n}`,
  '--accept': ({ id }) => `--accept ${shell(printable(id))}`,
}

const typeScript = (id: string): string => (/['\\\p{C}]/u.test(id) ? JSON.stringify(id) : `'${id}'`)

/** As it is where YAML takes it for a text, and for nothing else. */
const yaml = (text: string): string =>
  /^[A-Za-z_][\w.$/<>()-]*(?::[\w.$/<>()-]+)*$/.test(text) &&
  !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text)

/** The file of services fills in what stands in braces after a dollar, unless there are two. */
const filled = (text: string): string => text.replaceAll('${', '$${')

/** What accepts a blocker, in the form that is chosen. */
export function Accept(accepted: Accepted) {
  const [form, setForm] = useState('id')
  const offered = Object.entries(forms).flatMap(([name, textOf]) => {
    const text = textOf(accepted)
    return text === null ? [] : [{ name, text }]
  })
  const text = offered.find(({ name }) => name === form)?.text ?? accepted.id
  return (
    <>
      <div class="choice" role="group" aria-label="Where it is accepted">
        {offered.map(({ name }) => (
          <button key={name} type="button" aria-pressed={name === form} onClick={() => setForm(name)}>
            {name}
          </button>
        ))}
      </div>
      <CodeBlock text={text} label="Copy what accepts it" />
    </>
  )
}
