/** What a descriptor has to do with others of the app: who is registered with a selector, where a socket was accepted. */
import type { Answer, JudgedDescriptor } from '../../harness/model/answer.js'
import { addTo, once } from '../../harness/model/lists.js'
import { formatFrame } from '../../harness/model/text.js'
import type { Blocker, Origin } from '../../harness/model/report.js'
import { nativeLine } from './native-frames.js'
import { isJdkFrame } from './stacks.js'

/** A sentence of a descriptor about another one. */
export interface Relation {
  label: 'watches' | 'listener'
  text: string
}

/** The relations of a blocker's descriptors to those that are not of the blocker itself. */
export function relationsOf(answer: Pick<Answer, 'descriptors'>, blocker: Blocker): Relation[] {
  const known = byNumber(answer.descriptors)
  const own = new Set(blocker.descriptors)
  const told = new Set<string>()
  const relations = blocker.descriptors.flatMap((fd) => {
    const { watches = [], listener = null } = known.get(fd) ?? {}
    const watched = watches
      .filter((other) => !own.has(other))
      .flatMap((other) => sentence('watches', known.get(other)))
    return [...watched, ...(listener === null ? [] : sentence('listener', known.get(listener)))]
  })
  return relations.filter(({ text }) => !told.has(text) && told.add(text))
}

const byNumber = once(
  (descriptors: Answer['descriptors']) =>
    new Map(descriptors.map((descriptor) => [descriptor.fd, descriptor])),
)

/** The same as plain lines, for outputs that have no columns. */
export function relationLines(answer: Pick<Answer, 'descriptors'>, blocker: Blocker): string[] {
  return relationsOf(answer, blocker).map(({ label, text }) =>
    label === 'watches' ? `Watches descriptor ${text}` : `Accepted from descriptor ${text}`,
  )
}

function sentence(label: Relation['label'], descriptor: JudgedDescriptor | undefined): Relation[] {
  if (descriptor === undefined) return []
  const { fd, target, origin, bound, connected, missing } = descriptor
  const actions = new Map<string, string[]>()
  for (const [verb, what] of [
    ['created', origin],
    ['bound', bound],
    ['connected', connected],
  ] as const) {
    const place = what === null ? null : placeOf(what)
    if (place !== null) addTo(actions, place, verb)
  }
  const told = [...actions].map(([place, verbs]) => `${verbs.join(' and ')} ${place}`)
  const who = told.length > 0 ? told.join(', ') : `maker not known${missing === null ? '' : ` (${missing})`}`
  return [{ label, text: `${fd} ${target}, ${who}` }]
}

/** The line that a user can change; without one, the JDK's, or the native code. */
function placeOf({ java, native }: Origin): string | null {
  const frame = java.find((each) => !isJdkFrame(each)) ?? java[0]
  if (frame !== undefined) return `at ${formatFrame(frame)}`
  const line = nativeLine(native)
  return line === null ? null : `by ${line}`
}
