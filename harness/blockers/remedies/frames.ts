import { isCracName, isHarnessName, isJdkName, isMadeByJdk, plainName } from '../../model/class-names.js'
import type { Frame } from '../../model/report.js'
import { beginsWith, nettyRoot, originalName } from '../causes/relocation.js'
import { clientPackages, clientRules } from './clients.js'
import { libraryRules } from './libraries.js'
import type { RemedyRule } from './rule.js'
import { builtRules } from './servers.js'

/** Packages of libraries that a remedy knows. */
const known = [
  ...clientPackages,
  ...[...clientRules, ...builtRules, ...libraryRules].flatMap(({ when }) => when.classes ?? []),
]

/**
 * The frames of a stack that opened something for themselves: the JDK's, and those of libraries that we know, out to
 * the first code of anybody else. What is outside only runs that code, as an event loop runs its tasks.
 */
function innerFrames(stack: Frame[]): Frame[] {
  const end = stack.findIndex((frame) => !isPassing(frame.class) && !isKnown(frame))
  return end < 0 ? stack : stack.slice(0, end)
}

const isPassing = (className: string): boolean =>
  [isJdkName, isCracName, isHarnessName, isMadeByJdk].some((is) => is(plainName(className)))

const isKnown = (frame: Frame): boolean => known.some((start) => beginsWith(nameOf(frame), start))

/** How near to the JDK a rule's class is, in the stack in which it is nearest; -1 where it is in none. */
export function depthOf({ when }: RemedyRule, stacks: Frame[][]): number {
  const depths = stacks.map((stack) =>
    (when.outward ? stack : innerFrames(stack)).findIndex((frame) =>
      when.classes?.some((start) => beginsWith(nameOf(frame), start)),
    ),
  )
  return depths.filter((depth) => depth >= 0).sort((a, b) => a - b)[0] ?? -1
}

const nameOf = (frame: Frame): string => `${originalName(frame.class)}.${frame.method}`

/** A rule's text with what the stacks tell: where Netty is, and which object holds what is in the way. */
export function fillIn({ text, objects = [] }: RemedyRule, stacks: Frame[][]): string {
  const frames = stacks.flat()
  const netty = frames.map((frame) => nettyRoot(frame.class)).find((root) => root !== null) ?? 'io.netty'
  // Functions, since a `$` in a class's name has a meaning in a replacement.
  return text
    .replaceAll('{netty}', () => netty)
    .replaceAll('{closed}', () => objectsIn(objects, frames).join(' or '))
}

/** The simple names of the objects that frames name, else of all. */
function objectsIn(objects: string[], frames: Frame[]): string[] {
  const names = frames.map((frame) => plainName(frame.class))
  const named = objects.flatMap((object) => names.find((name) => isOfObject(name, object)) ?? [])
  // A thread of the client's own stands in the package of its object at best.
  const near = objects.filter((object) => names.some((name) => beginsWith(name, packageOf(object))))
  const found = named.length > 0 ? named : near.length > 0 ? near : objects
  return [...new Set(found.map((name) => name.replace(/^.*\.(?:Default(?=\w))?/, '')))]
}

function isOfObject(name: string, object: string): boolean {
  const [start = '', end] = object.split('*')
  return end === undefined
    ? name === object || name.endsWith(`.${object}`)
    : beginsWith(name, start) && name.endsWith(end)
}

const packageOf = (object: string): string => object.slice(0, object.lastIndexOf('.') + 1)
