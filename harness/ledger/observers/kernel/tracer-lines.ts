import { z } from 'zod'
import type { KernelRefusal } from '../../../model/errors.js'
import type { LiveFile, TracerRecord } from '../../records.js'

/** The tracer's line protocol, as `probes/fdtrace/README.md` documents it. */
const recordSchema = z.strictObject({
  type: z.literal('record'),
  kind: z.enum(['open', 'dup', 'bind', 'listen', 'connect']),
  ts: z.number(),
  until: z.number().nullable(),
  tgid: z.number().int(),
  tid: z.number().int(),
  nsTid: z.number().int(),
  fd: z.number().int(),
  syscall: z.string(),
  file: z.string(),
  inode: z.number(),
  device: z.number(),
  sample: z.enum(['sent', 'pending', 'no-handler', 'blocked', 'forked', 'failed', 'off', 'hooked']),
  comm: z.string(),
  name: z.string(),
  address: z.string().nullable(),
  stack: z.array(z.string()),
})

const liveSchema = z.strictObject({
  type: z.literal('live'),
  fd: z.number().int(),
  file: z.string(),
  inode: z.number(),
  device: z.number(),
  mode: z.number().int(),
  link: z.string(),
  inherited: z.boolean(),
})

const loadedSchema = z.strictObject({
  type: z.literal('loaded'),
  /** What tells of the events: functions of the kernel, or tracepoints where the trial has shown that these miss something. */
  tracepoints: z.enum(['functions', 'raw', 'classic']),
  /** What the tracer does without, as the kernel refuses these programs. */
  missing: z.array(z.strictObject({ program: z.string(), code: z.string() })),
  trial: z.strictObject({ made: z.number(), seen: z.number() }),
})

/** What decides on the tracer's machine whether it may load; only in errors of the start. */
const circumstancesSchema = z.strictObject({
  program: z.string().nullable(),
  uid: z.number(),
  capabilities: z.array(z.string()),
  seccomp: z.number(),
  userNamespace: z.boolean(),
  kernel: z.string().nullable(),
  lockdown: z.string().nullable(),
  lsm: z.string().nullable(),
})

const errorSchema = z.strictObject({
  type: z.literal('error'),
  code: z.string(),
  doing: z.string(),
  message: z.string(),
  ...circumstancesSchema.partial().shape,
})

const lineSchema = z.discriminatedUnion('type', [
  recordSchema,
  liveSchema,
  loadedSchema,
  z.strictObject({ type: z.literal('ready'), pid: z.number(), signal: z.number(), inherited: z.number() }),
  z.strictObject({ type: z.literal('ended'), pid: z.number() }),
  z.strictObject({ type: z.literal('forgotten'), pid: z.number() }),
  z.strictObject({
    type: z.literal('snapshot-end'),
    pid: z.number(),
    seen: z.number(),
    lost: z.number(),
    dropped: z.number(),
    unpaired: z.number(),
    missed: z.number(),
    interrupted: z.number(),
  }),
  errorSchema,
])

export type TracerLine = z.infer<typeof lineSchema>
export type TracerLoaded = z.infer<typeof loadedSchema>
export type TracerFailure = Extract<TracerLine, { type: 'error' }>

/** Reads one line of the tracer; throws where it is not of the protocol. */
export function parseLine(line: string): TracerLine {
  return lineSchema.parse(JSON.parse(line))
}

/** Why the kernel did not let the tracer start; null where a failure is of another kind. */
export function refusalOf(failure: TracerFailure): KernelRefusal | null {
  const circumstances = circumstancesSchema.safeParse(
    Object.fromEntries(Object.entries(failure).filter(([key]) => key in circumstancesSchema.shape)),
  )
  const { code, doing } = failure
  return circumstances.success ? { code, doing, ...circumstances.data } : null
}

/** What the ledger keeps of a line, without its type. */
export function withoutType(line: z.infer<typeof recordSchema>): TracerRecord
export function withoutType(line: z.infer<typeof liveSchema>): LiveFile
export function withoutType({ type: _, ...rest }: { type: string }): object {
  return rest
}

/** Cuts a stream into lines at `\n` alone: file names may hold every other line separator that Unicode knows. */
export function splitLines(onLine: (line: string) => void): (chunk: string) => void {
  let rest = ''
  return (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    lines.forEach(onLine)
  }
}
