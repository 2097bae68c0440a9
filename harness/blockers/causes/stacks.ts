import type { Frame, Origin } from '../../model/report.js'
import { once } from '../../model/lists.js'
import type { Entry } from '../../model/target.js'
import { isListening } from './addresses.js'
import { isJdkName, isMadeByJdk, plainName } from '../../model/class-names.js'
import { callersOfNetty, callersWaiting, isHandedOver } from './hand-over.js'
import { nettyRoot, originalName } from './relocation.js'

/** What the JDK or a library was making when it made a descriptor, where several descriptors make one thing. */
export type Making =
  | 'selector'
  | 'watch-service'
  | 'channel-group'
  | 'process'
  | 'pipe'
  | 'poller'
  | 'log-handler'
  | 'netty-epoll'

interface Recipe {
  making: Making
  is: (frame: Frame) => boolean
  kinds: Entry['kind'][]
}

const made = (making: Making, className: string, ...kinds: Entry['kind'][]): Recipe => ({
  making,
  is: (frame) => frame.class === className && frame.method === '<init>',
  kinds,
})

/** Constructors that make several descriptors for one object; the kinds keep a caller further out from being mistaken. */
const recipes: Recipe[] = [
  made('selector', 'sun.nio.ch.EPollSelectorImpl', 'eventpoll', 'eventfd', 'pipe'),
  made('watch-service', 'sun.nio.fs.LinuxWatchService', 'inotify', 'socket'),
  made('channel-group', 'sun.nio.ch.EPollPort', 'eventpoll', 'pipe', 'socket', 'eventfd'),
  made('process', 'java.lang.ProcessImpl', 'pipe', 'socket', 'file'),
  made('pipe', 'sun.nio.ch.PipeImpl', 'pipe', 'socket'),
  made('poller', 'sun.nio.ch.EPollPoller', 'eventpoll', 'eventfd'),
  made('log-handler', 'java.util.logging.FileHandler', 'file'),
  {
    making: 'netty-epoll',
    is: (frame) => originalName(frame.class).startsWith('io.netty.channel.epoll.'),
    kinds: ['eventpoll', 'eventfd', 'timerfd'],
  },
]

/** Where a descriptor was made: what for, and the frames from which on two descriptors of one cause look alike. */
export interface Site {
  making: Making | null
  frames: Frame[]
}

export const hasFrame = (stack: Frame[], is: (frame: Frame) => boolean): boolean => stack.some(is)

/**
 * The Java stacks that can tell whose a descriptor is, best first: a listener's `bind` says more than its `socket`, unless it
 * was handed over to an event loop. Then the stack comes first that shows which code asked.
 */
export function stacksOf(entry: Entry): Frame[][] {
  const { origin, bound, listened, connected } = entry
  const asked = isListening(entry) ? stackOfAsker(entry) : null
  const ordered: (Origin | null)[] =
    isListening(entry) && asked === null
      ? [bound, listened, origin]
      : [asked, ...[origin, connected, bound, listened].filter((one) => one !== asked)]
  return ordered.flatMap((one) => (one && one.java.length > 0 ? [one.java] : []))
}

/** The stack of the code that asked for a listener, from its frame on; null where the code that bound it did so for itself. */
export function askerOf(entry: Entry): Frame[] | null {
  const stack = stackOfAsker(entry)
  if (stack === null) return null
  const waiting = callersWaiting(stack.java)
  return waiting.length > 0 ? waiting : callersOfNetty(stack.java)
}

function stackOfAsker({ origin, bound, listened }: Entry): Origin | null {
  const [bind] = [bound, listened].flatMap((one) => (one && one.java.length > 0 ? [one.java] : []))
  if (bind === undefined || !isHandedOver(bind)) return null
  if (listened !== null && callersWaiting(listened.java).length > 0) return listened
  return origin !== null && callersOfNetty(origin.java).length > 0 ? origin : null
}

/** The call site of a descriptor; null where no Java stack is known. */
export function siteOf(entry: Entry): Site | null {
  const stack = stacksOf(entry)[0]
  return stack === undefined ? null : siteIn(stack, entry.kind)
}

/** The call site in a stack that made a descriptor of this kind. */
export function siteIn(stack: Frame[], kind: Entry['kind']): Site {
  const known = sitesOf(stack)
  const site = known.get(kind) ?? findSite(stack, kind)
  known.set(kind, site)
  return site
}

const sitesOf = once((_stack: Frame[]) => new Map<Entry['kind'], Site>())

function findSite(stack: Frame[], kind: Entry['kind']): Site {
  for (const { making, is, kinds } of recipes) {
    if (!kinds.includes(kind)) continue
    const last = outermost(stack, is, making === 'netty-epoll' ? isOfNetty : isNobody)
    // The frames inside differ from descriptor to descriptor of one object; those outside are the cause.
    if (last >= 0) return { making, frames: stack.slice(last + 1) }
  }
  return { making: null, frames: stack }
}

const isOfNetty = (className: string): boolean => nettyRoot(className) !== null
const isNobody = (): boolean => false

/** Index of the last frame that `is` accepts before the stack reaches code that is neither the JDK's nor `also`. */
function outermost(
  stack: Frame[],
  is: (frame: Frame) => boolean,
  also: (className: string) => boolean,
): number {
  let found = -1
  for (const [i, frame] of stack.entries()) {
    if (is(frame)) found = i
    else if (!isJdkName(frame.class) && !also(frame.class)) break
  }
  return found
}

/** Tells two call sites apart: class, method and line of every frame, without what changes from run to run. */
export const siteKey = once((frames: Frame[]): string => frames.map(frameKey).join('\n'))

/** The same for one frame. */
export const frameKey = once(
  (frame: Frame): string => `${plainName(frame.class)}.${frame.method}:${frame.line ?? ''}`,
)

/** The same for the app's own frames only: the JDK's differ between the JVM's and a profiler's view of one stack. */
export const appKey = once((frames: Frame[]): string =>
  siteKey(frames.filter((frame) => !isJdkName(frame.class) && !isMadeByJdk(frame.class))),
)
