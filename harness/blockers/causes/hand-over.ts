import { isJdkName, isMadeByJdk } from '../../model/class-names.js'
import type { Frame } from '../../model/report.js'
import { nettyRoot } from './relocation.js'

/**
 * What an event loop of Netty does for somebody else shows nobody else on its stack. A listener is bound there, but its
 * socket was made before, in most cases by the very call of `bind`, so that stack tells who asked for it.
 */
export const isHandedOver = (stack: Frame[]): boolean =>
  stack.some(isOfNetty) && stack.every((frame) => isOfNetty(frame) || isOfJdk(frame))

/** A stack from the code on that called Netty; empty where nobody did. */
export function callersOfNetty(stack: Frame[]): Frame[] {
  const caller = stack.findIndex((frame) => !isOfNetty(frame) && !isOfJdk(frame))
  return caller < 0 ? [] : stack.slice(caller)
}

const isOfNetty = (frame: Frame): boolean => nettyRoot(frame.class) !== null
const isOfJdk = (frame: Frame): boolean => isJdkName(frame.class) || isMadeByJdk(frame.class)
