import type { FoundBlocker } from '../../harness/model/finding.js'
import { notACommand, printable } from '../parts/escape.js'
import { wrap } from '../parts/terminal-text.js'

/** A file for `-Djdk.crac.resource-policies`, and what none of its rules can handle. */
export interface PolicyFile {
  /** Null where no policy helps. */
  text: string | null
  rules: number
  unhandled: string[]
}

interface Rule {
  action: string
  /** Each once. */
  comments: Set<string>
}

const WIDTH = 100
const mostCareful = ['ignore', 'reopen', 'close']

/** Writes down the rules for all causes that a policy can handle, each with its reason; the first that matches counts. */
export function policyFile(blockers: readonly FoundBlocker[], origin: string): PolicyFile {
  const hasNioPipe = blockers.some(({ findings }) => findings.some(({ subject }) => subject.is === 'pipe'))
  const rules = new Map<string, Rule>()
  const unhandled: string[] = []
  for (const { summary, owner, remedy } of blockers) {
    const { text: advice, policy } = remedy
    // A rule for pipes has no filter, and makes the JDK fail at every NIO pipe.
    if (policy === null || (hasNioPipe && policy.includes('type: pipe'))) {
      unhandled.push(summary)
      continue
    }
    const comments = [summary, ...(owner === null ? [] : [`opened by ${owner.frame}`]), advice]
    for (const text of policy.split('\n---\n')) add(rules, text, comments)
  }
  if (rules.size === 0) return { text: null, rules: 0, unhandled }
  const head = [
    `Policies for -Djdk.crac.resource-policies=FILE, by crac-preflight explain from ${origin}.`,
    'The first rule that matches decides. Read each reason before you use its rule.',
    ...unhandled.map((title) => `No rule handles: ${title}`),
  ]
  // Blank lines are an error to some builds, so that there are none.
  const blocks = [...rules].map(([match, { action, comments }]) =>
    [...[...comments].flatMap(comment), match, action].join('\n'),
  )
  return {
    text: `${head.flatMap(comment).join('\n')}\n${blocks.join('\n---\n')}\n`,
    rules: rules.size,
    unhandled,
  }
}

/** One rule for each match, which is all lines but the action: the second would never be asked. */
function add(rules: Map<string, Rule>, text: string, comments: string[]): void {
  const lines = text.split('\n')
  const action = lines.pop() ?? ''
  const match = lines.join('\n')
  const known = rules.get(match)
  if (known === undefined) {
    rules.set(match, { action, comments: new Set(comments) })
    return
  }
  for (const comment of comments) known.comments.add(comment)
  // What can only be left open must not be closed with the others.
  const rank = (one: string) => mostCareful.indexOf(one.replace('action: ', ''))
  if (rank(action) < rank(known.action)) known.action = action
}

function comment(text: string): string[] {
  return wrap(notACommand(printable(text)), WIDTH).map((line) => `# ${line}`)
}
