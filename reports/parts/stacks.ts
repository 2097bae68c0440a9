/** Which stacks explain a blocker, and how much of a Java stack a reader needs to see. */
import type { Answer, JudgedDescriptor } from '../../harness/model/answer.js'
import { ownFrames } from '../../harness/model/class-names.js'
import { once } from '../../harness/model/lists.js'
import { nativeKey } from '../../harness/model/native-frame.js'
import { formatFrame } from '../../harness/model/text.js'
import type { Blocker, Frame, Origin } from '../../harness/model/report.js'

const jdkPackages =
  /^(?:java|jdk|sun)\.|^javax\.(?:accessibility|annotation\.processing|crypto|imageio|lang\.model|management|naming|net|print|rmi|script|security\.(?:auth|cert|sasl)|smartcardio|sound|sql|swing|tools|transaction\.xa|xml\.(?:catalog|crypto|datatype|namespace|parsers|stream|transform|validation|xpath))\.|^com\.sun\.(?:beans|crypto|imageio|jarsigner|java|jmx|jndi|management|naming|net|nio|org\.apache|rmi|rowset|security|source|tools)\.|^org\.(?:ietf\.jgss|w3c\.dom|xml\.sax)\./

/** Tells frames of the JDK, which are folded, from those that a user can change. */
export function isJdkFrame(frame: Frame): boolean {
  return jdkPackages.test(frame.class)
}

/** What one or several descriptors of a blocker have in common: who did this to them. */
export interface Action {
  verb: 'created' | 'bound' | 'listened' | 'connected' | 'thrown'
  descriptors: JudgedDescriptor[]
  /** The origin of the first of them; null where only the engine printed a stack. */
  origin: Origin | null
  frames: Frame[]
  /** What the same code has done to the first of them besides, in order. */
  also: Action['verb'][]
}

/**
 * Who made a blocker's descriptors, and who bound, listened on or connected them where that is other code.
 * Descriptors with the same stack share an action. Without a ledger, the engine's own creation stacks are taken.
 */
export function actionsOf(answer: Pick<Answer, 'descriptors'>, blocker: Blocker): Action[] {
  const actions = new Map<string, Action>()
  for (const descriptor of descriptorsOf(answer, blocker)) {
    const seen = new Map<string, Action>()
    for (const [verb, origin] of originsOf(descriptor)) {
      const site = siteOf(origin)
      const first = seen.get(site)
      if (first !== undefined) {
        if (first.descriptors[0] === descriptor) first.also.push(verb)
        continue
      }
      const action = actions.get(`${verb} ${site}`) ?? {
        ...{ verb, descriptors: [], origin, frames: origin.java, also: [] },
      }
      action.descriptors.push(descriptor)
      actions.set(`${verb} ${site}`, action)
      seen.set(site, action)
    }
  }
  if ([...actions.values()].some(({ frames }) => frames.length > 0)) return [...actions.values()]
  for (const { creationStack: frames } of blocker.findings) {
    if (frames.length > 0)
      actions.set(stackKey(frames), {
        verb: blocker.kind === 'after-restore' ? 'thrown' : 'created',
        descriptors: [],
        origin: null,
        frames,
        also: [],
      })
  }
  return [...actions.values()]
}

const placesOf = once(
  (descriptors: Answer['descriptors']) => new Map(descriptors.map(({ fd }, i) => [fd, i])),
)

/** The descriptors that a blocker names, in the answer's order. */
export function descriptorsOf(
  { descriptors }: Pick<Answer, 'descriptors'>,
  blocker: Blocker,
): JudgedDescriptor[] {
  const places = placesOf(descriptors)
  return [...new Set(blocker.descriptors.flatMap((fd) => places.get(fd) ?? []))]
    .sort((a, b) => a - b)
    .flatMap((place) => descriptors[place] ?? [])
}

function originsOf(descriptor: JudgedDescriptor): [Action['verb'], Origin][] {
  const { origin, bound, listened, connected } = descriptor
  const all: [Action['verb'], Origin | null][] = [
    ['created', origin],
    ['bound', bound],
    ['listened', listened],
    ['connected', connected],
  ]
  return all.flatMap(([verb, what]) => (what === null ? [] : [[verb, what]]))
}

/** Two origins are of one site when the frames that a user can change are the same. */
function siteOf(origin: Origin): string {
  const own = origin.java.filter((frame) => !isJdkFrame(frame))
  if (own.length > 0) return stackKey(own)
  return origin.java.length > 0 ? stackKey(origin.java) : nativeKey(origin.native)
}

function stackKey(frames: Frame[]): string {
  return JSON.stringify(frames.map(({ class: name, method, file, line }) => [name, method, file, line]))
}

/** One line of a shown stack: a frame, or a fold with how many frames it stands for. */
export type StackLine =
  { kind: 'frame'; text: string; owner: boolean; jdk: boolean } | { kind: 'fold'; text: string }

/** A part of a stack with the frames themselves: one, or several that fold to one line. */
export type StackPart =
  | { kind: 'frame'; frame: Frame; owner: boolean; jdk: boolean }
  | { kind: 'fold'; text: string; frames: Frame[] }

/**
 * Folds a Java stack to what explains it: runs of JDK frames to one line, which names the JDK method that was
 * called, and under the owner long runs of one library to their ends.
 */
export function foldStack(frames: Frame[], owner: string | null, most = 16): StackLine[] {
  const { above, below } = partsOf(frames, owner)
  return [
    ...above.map(lineOf),
    ...below.slice(0, most).map(lineOf),
    ...(below.length > most ? [{ kind: 'fold', text: '… more frames, in the JSON report' } as const] : []),
  ]
}

/** The same whole, for a reader who may unfold it. */
export function stackParts(frames: Frame[], owner: string | null): StackPart[] {
  const { above, below } = partsOf(frames, owner)
  return [...above, ...below]
}

interface Parts {
  above: StackPart[]
  below: StackPart[]
}

function partsOf(frames: Frame[], owner: string | null): Parts {
  const own = ownFrames(frames)
  if (own.length === frames.length) return partsOfThread(frames, owner)
  const waiting = partsOfThread(frames.slice(own.length), owner)
  const ran = partsOfThread(own, null)
  const between = fold('another thread, which waited for this:', [])
  return { above: [...ran.above, ...ran.below, between, ...waiting.above], below: waiting.below }
}

function partsOfThread(frames: Frame[], owner: string | null): Parts {
  const pivot = pivotOf(frames, owner)
  const jdk = frames.slice(0, pivot)
  const called = jdk.at(-1)
  const above =
    jdk.length > 1 && called && jdk.every(isJdkFrame)
      ? [fold(`${jdk.length} JDK frames (${called.class}.${called.method})`, jdk)]
      : jdk.map((frame) => asPart(frame, owner))
  return { above, below: librariesOf(frames.slice(pivot)).flatMap((group) => foldGroup(group, owner)) }
}

/** The owner's place; without it that of the first frame that a user can change. */
function pivotOf(frames: Frame[], owner: string | null): number {
  const ownerAt = frames.findIndex((frame) => formatFrame(frame) === owner)
  const ownAt = frames.findIndex((frame) => !isJdkFrame(frame))
  return Math.max(ownerAt === -1 ? ownAt : ownerAt, 0)
}

interface Library {
  name: string
  frames: Frame[]
}

/** Neighbours of one library, known by the first two parts of the package; JDK frames go with their callee. */
function librariesOf(frames: Frame[]): Library[] {
  const libraries: Library[] = []
  for (const frame of frames) {
    const last = libraries.at(-1)
    const name = frame.class.split('.').slice(0, -1).slice(0, 2).join('.')
    if (last && (isJdkFrame(frame) || name === last.name)) last.frames.push(frame)
    else libraries.push({ name, frames: [frame] })
  }
  return libraries
}

function foldGroup({ name, frames }: Library, owner: string | null): StackPart[] {
  const parts = frames.map((frame) => asPart(frame, owner))
  const own = frames.findLastIndex((frame) => !isJdkFrame(frame))
  const [first, second] = parts
  const last = parts[own]
  const jdk = tail(frames.slice(own + 1), owner)
  if (own < 5 || !first || !second || !last) return [...parts.slice(0, own + 1), ...jdk]
  return [first, second, fold(`${own - 2} frames of ${name}`, frames.slice(2, own)), last, ...jdk]
}

function tail(jdk: Frame[], owner: string | null): StackPart[] {
  return jdk.length > 1 ? [fold(`${jdk.length} JDK frames`, jdk)] : jdk.map((frame) => asPart(frame, owner))
}

function fold(what: string, frames: Frame[]): StackPart {
  return { kind: 'fold', text: `… ${what}`, frames }
}

function asPart(frame: Frame, owner: string | null): StackPart {
  return { kind: 'frame', frame, owner: formatFrame(frame) === owner, jdk: isJdkFrame(frame) }
}

function lineOf(part: StackPart): StackLine {
  if (part.kind === 'fold') return { kind: 'fold', text: part.text }
  return { kind: 'frame', text: formatFrame(part.frame), owner: part.owner, jdk: part.jdk }
}
