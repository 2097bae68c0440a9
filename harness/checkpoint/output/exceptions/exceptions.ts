import { append } from '../../../model/lists.js'
import type { Frame } from '../../../model/report.js'

/** `jdk.crac.CheckpointException` in each of the packages that it lived in, and its twin of the restore. */
const aggregate =
  /^(?:(?:jdk|javax|org)\.crac|jdk\.internal\.crac(?:\.mirror)?)(?:\.impl)?\.(Checkpoint|Restore)Exception$/
const openResources = ['File', 'Socket', 'Resource'].map((kind) => `CheckpointOpen${kind}Exception`)
const busySelector =
  /^(?:java\.nio\.channels\.IllegalSelectorException|sun\.nio\.ch\.\w+\$BusySelectorException)$/
const openj9 =
  /^(?:org\.eclipse\.openj9\.criu|openj9\.internal\.criu)\.(?:JVM|System)(Checkpoint|Restore)Exception$/

/** Messages that are CRaC's own wherever they stand; other exceptions count only inside an aggregate. */
const ownMessages =
  /^(?:C\/R is not configured|Unknown C\/R result: |Native checkpoint failed\.|Recursive checkpoint is not allowed|Current engine doesn't support second checkpoint|CRaC cannot commit checkpoint right now)/

export interface ExceptionLine {
  type: string
  message: string
}

const exceptionLine =
  /^((?:[\p{L}_$][\p{L}\p{N}_$]{0,200}\.){0,40}[\p{L}_$][\p{L}\p{N}_$]{0,200})(?:: ?(.*))?$/su
const thread = /^Exception in thread ".{0,200}?" /

/** Reads `com.acme.SomeException: message`; a message that a logger printed as `null` is none. */
export function parseException(text: string): ExceptionLine | null {
  const match = exceptionLine.exec(text)
  if (match === null) return null
  const message = (match[2] ?? '').trim()
  return { type: match[1] ?? '', message: message === 'null' ? '' : message }
}

/** JBoss LogManager (Quarkus) puts the exception after the log message that it came with. */
const afterMessage =
  /^[^"']{1,300}: ((?:jdk|javax|org)\.[\w.]{0,40}\b(?:Checkpoint|Restore)Exception(?:: null)?)$/

/** Reads the first line of a stack trace, which must look like one: a qualified class that names a failure. */
export function parseHeader(text: string): ExceptionLine | null {
  const inside =
    text.length < 500 && !/(?:Exception|Error)\b.*: /.test(text) ? afterMessage.exec(text)?.[1] : undefined
  const line = parseException(inside ?? text.replace(thread, ''))
  return line !== null && isFailure(line.type) ? line : null
}

/** Whether a qualified class names a failure. */
const isFailure = (type: string): boolean =>
  type.includes('.') &&
  /^\.[\w$]*(?:Exception|Error|Throwable|Failure)$/.test(type.slice(type.lastIndexOf('.')))

/** Whether it collects the reasons of a failed checkpoint or restore. */
export function aggregateKind(type: string): 'checkpoint' | 'restore' | null {
  const kind = aggregate.exec(type)?.[1]
  return kind === undefined ? null : kind === 'Checkpoint' ? 'checkpoint' : 'restore'
}

/** Whether the exception can only come from a checkpoint, whatever stands around it. */
export function speaksForItself(line: ExceptionLine): boolean {
  return isOpenResource(line.type) || busySelector.test(line.type) || ownMessages.test(line.message)
}

/** Like {@link speaksForItself}, for the head of a trace: a bare selector exception is anybody's. */
export function isOwnHeader(line: ExceptionLine): boolean {
  return (
    isOpenResource(line.type) ||
    openj9.test(line.type) ||
    (ownMessages.test(line.message) && line.type.startsWith('java.lang.'))
  )
}

/** Whether no checkpoint explains the exception. */
export function isForeign(line: ExceptionLine): boolean {
  return aggregateKind(line.type) === null && !isOwnHeader(line)
}

/** What `org.crac` throws on a JDK that has no CRaC. */
export function isUnsupported(line: ExceptionLine): boolean {
  return line.type === 'java.lang.UnsupportedOperationException'
}

/** OpenJ9 tells a failed restore by the class. */
export function isRestoreFailure(type: string): boolean {
  return openj9.exec(type)?.[1] === 'Restore'
}

/** The class without package and outer class; a name that the end of the text cut is completed or given up. */
export function simpleName(type: string): string | null {
  const name = lastName(type)
  if (/^[a-z]*$/.test(name) || 'CheckpointOpen'.startsWith(name)) return null
  return openResources.find((full) => full.startsWith(name)) ?? name
}

function isOpenResource(type: string): boolean {
  const name = lastName(type)
  return name.length > 'CheckpointOpen'.length && openResources.some((full) => full.startsWith(name))
}

function lastName(type: string): string {
  return type.slice(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1)
}

const creation = /^This file descriptor was created by (.*) at epoch:\d+ here\b/s

/** The engine's own evidence of a descriptor's origin comes as the cause of its exception. */
export function isCreation(line: ExceptionLine): boolean {
  return line.type === 'java.lang.Exception' && creation.test(line.message)
}

/** The thread that a creation line names. */
export function creatorOf({ message }: ExceptionLine): string | null {
  return creation.exec(message)?.[1] ?? null
}

/** The frames of one trace. `complete` tells that the frames in common with its parent could be filled in. */
export interface Stack {
  frames: Frame[]
  complete: boolean
  /** Its frames are also those of others. */
  shared?: boolean
  /** Its last frames, as a nested trace asked for them last. */
  end?: Frame[]
}

export function addFrame(stack: Stack, frame: Frame): void {
  if (stack.shared) stack.frames = [...stack.frames]
  stack.shared = false
  delete stack.end
  stack.frames.push(frame)
}

/** How many places of a new list it takes to fill a trace in. */
export function placesOf(stack: Stack, common: number, parent: Stack | null): number {
  const isThere = common === parent?.frames.length || common === parent?.end?.length
  return stack.frames.length === 0 && isThere ? 0 : stack.frames.length + common
}

/**
 * A trace that prints `... 3 more` ends with the last three frames of the trace that it is nested in. A text may say so
 * of thousands of frames in thousands of traces: those without frames of their own have one list together.
 */
export function fillIn(stack: Stack, common: number, parent: Stack | null): void {
  stack.complete = parent !== null && parent.complete && parent.frames.length >= common
  if (parent === null || !stack.complete || common === 0) return
  if (common === parent.frames.length) {
    parent.end = parent.frames
    parent.shared = true
  } else if (parent.end?.length !== common) parent.end = parent.frames.slice(-common)
  delete stack.end
  if (stack.frames.length === 0) Object.assign(stack, { frames: parent.end, shared: true })
  else {
    if (stack.shared) stack.frames = [...stack.frames]
    stack.shared = false
    append(stack.frames, parent.end)
  }
}
