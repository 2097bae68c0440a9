import { isJdkName, isMadeByJdk, ownFrames } from '../../model/class-names.js'
import type { Frame } from '../../model/report.js'
import { beginsWith, nettyRoot } from './relocation.js'

/**
 * What an event loop of Netty does for somebody else shows nobody else on its stack. A listener is bound there, but its
 * socket was made before, in most cases by the very call of `bind`, so that stack tells who asked for it.
 */
export const isHandedOver = (stack: Frame[]): boolean => {
  const own = ownFrames(stack)
  return own.some(isOfNetty) && own.every((frame) => isOfNetty(frame) || isOfJdk(frame))
}

/** A stack from the code on that called Netty; empty where nobody did. */
export const callersOfNetty = (stack: Frame[]): Frame[] => from(stack, (frame) => !isOfNetty(frame))

/** Libraries that have an event loop make the socket as well, for the code that called them. */
const between = ['io.grpc.']

/**
 * The same of the thread that waited for a listener: the preloaded library puts its frames below those of the loop
 * (`probes/preload/records/asker.c`). Empty where no such thread is known.
 */
export function callersWaiting(listened: Frame[]): Frame[] {
  const waiting = listened.slice(ownFrames(listened).length)
  const callers = callersOfNetty(waiting)
  const outer = from(callers, (frame) => !between.some((start) => beginsWith(frame.class, start)))
  return outer.length > 0 ? outer : callers
}

/** From the first frame on that is not the JDK's and fits. */
function from(stack: Frame[], fits: (frame: Frame) => boolean): Frame[] {
  const first = stack.findIndex((frame) => fits(frame) && !isOfJdk(frame))
  return first < 0 ? [] : stack.slice(first)
}

const isOfNetty = (frame: Frame): boolean => nettyRoot(frame.class) !== null
const isOfJdk = (frame: Frame): boolean => isJdkName(frame.class) || isMadeByJdk(frame.class)
