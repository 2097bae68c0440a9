import { z } from 'zod'
import { frameSchema } from '../../../model/report.js'
import { stackStates } from '../../records.js'

/**
 * The lines that the preloaded library writes, as `probes/preload/README.md` documents them. They lie where the app may
 * write, so what the library would never write is none of them: its tables and stacks have a size, and names in class files
 * have one, too.
 */
const MOST_LINES = 2 ** 21
const LONGEST_LINE = 2 ** 20
const LONGEST_NAME = 65_535
const MOST_JAVA_FRAMES = 256
const MOST_NATIVE_FRAMES = 64

const short = z.string().max(255)
const name = z.string().max(LONGEST_NAME)
const frame = frameSchema.extend({ class: name, method: name, file: name.nullable() })

const recordSchema = z.strictObject({
  type: z.literal('record'),
  kind: z.enum(['open', 'dup', 'bind', 'listen', 'connect']),
  ts: z.number(),
  tid: z.number().int(),
  fd: z.number().int(),
  syscall: short,
  function: short,
  file: short,
  inode: z.number(),
  device: z.number(),
  sample: z.enum(stackStates),
  stack: z.number().int(),
  thread: short,
})
const stackSchema = z.strictObject({
  type: z.literal('stack'),
  stack: z.number().int(),
  java: z.array(frame).max(MOST_JAVA_FRAMES),
  native: z.array(z.string().regex(/^0x[0-9a-f]{1,16}$/)).max(MOST_NATIVE_FRAMES),
})
const sampleSchema = z.strictObject({
  type: z.literal('sample'),
  ts: z.number(),
  tid: z.number().int(),
  sample: z.enum(stackStates),
  stack: z.number().int(),
  thread: short,
})
const linkSchema = z.strictObject({
  type: z.literal('link'),
  fd: z.number().int(),
  file: short,
  closed: z.number().nullable(),
})
const closedSchema = z.strictObject({
  type: z.literal('closed'),
  from: z.number(),
  to: z.number(),
  files: z.number().int(),
  code: z.enum(['java', 'native', 'unknown']),
  class: name.nullable(),
})
const endSchema = z.strictObject({
  type: z.literal('end'),
  seen: z.number().int(),
  withJava: z.number().int(),
  lost: z.number().int(),
  noRoom: z.number().int(),
  closedSince: z.number(),
})
const lineSchema = z.discriminatedUnion('type', [
  recordSchema,
  sampleSchema,
  stackSchema,
  linkSchema,
  closedSchema,
  endSchema,
])

export type DumpLine = z.infer<typeof lineSchema>
export type RecordLine = z.infer<typeof recordSchema>
export type SampleLine = z.infer<typeof sampleSchema>
export type ClosedLine = z.infer<typeof closedSchema>
export type Link = z.infer<typeof linkSchema>

/** Reads a dump line by line; throws at the first that the library would not have written, and does not repeat it. */
export function* dumpLines(text: string): Generator<DumpLine> {
  let number = 0
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    const line = ++number > MOST_LINES || end - at > LONGEST_LINE ? null : parse(text.slice(at, end))
    if (line === null) throw new Error(`Line ${number} is none that the library writes.`)
    yield line
    at = end + 1
  }
}

function parse(line: string): DumpLine | null {
  try {
    return lineSchema.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}
