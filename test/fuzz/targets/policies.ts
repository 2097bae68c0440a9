import { policyShapes, policyText } from '../../../harness/blockers/policies.js'
import type { Target } from '../target.js'

/** The rules of a file of policies, as the JDK reads it: by lines, `key: value`, `---` between rules. */
function rulesOf(text: string): Map<string, string>[] {
  return text.split('\n---\n').map(
    (rule) =>
      new Map(
        rule.split(/\r\n|[\n\r]/).map((line): [string, string] => {
          const colon = line.indexOf(': ')
          if (colon < 0 || line.startsWith('#') || line.trim() !== line)
            throw new Error(`a JDK would not read ${JSON.stringify(line)} as it was meant`)
          return [line.slice(0, colon), line.slice(colon + 2)]
        }),
      ),
  )
}

/** Whatever an app has named its files: what we propose are rules of the kind that was meant, one for each path. */
export const policies: Target = {
  name: 'policies',
  seeds: ['/srv/data.txt\0/srv/*.log', 'data: x\0a\n---\ntype: file', '/a b/[c]{d}\0#x'].map((text) =>
    Buffer.from(text),
  ),
  run: (input) => {
    const paths = input.toString('utf8').split('\0')
    for (const shape of policyShapes) {
      const facts = { paths, localPort: input[0] ?? 0, remotePorts: [input[1] ?? 0], isOwnPort: () => false }
      const text = policyText(shape, facts)
      if (text === null) continue
      const rules = rulesOf(text)
      const kinds = new Set(rules.map((rule) => `${rule.get('type')} ${[...rule.keys()].join(' ')}`))
      if (kinds.size !== 1) throw new Error(`of one kind of rule became ${[...kinds].join(', ')}`)
      if (rules.length > new Set(paths).size) throw new Error('there are more rules than paths')
    }
  },
}
