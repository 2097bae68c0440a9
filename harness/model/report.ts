/**
 * The report: what every output is a function of, and the words that all parts of the harness share.
 * `null` stands for "not known"; a field is never left out and never guessed.
 */
import { z } from 'zod'
import { knownSchema } from './known.js'
import { closedSchema } from './origins/closed.js'
import { librarySchema } from './origins/libraries.js'
import { restorationSchema, restoreSchema } from './restoration.js'

export { formatFrame } from './text.js'

export const SCHEMA_ID = 'crac-preflight/report@1'

/** One Java stack frame. `file` is the class file's own SourceFile attribute; `line` is null in native and generated methods. */
export const frameSchema = z.strictObject({
  class: z.string(),
  method: z.string(),
  file: z.string().nullable(),
  line: z.number().int().nullable(),
})

/** Who did something to a descriptor. Frames are innermost first; `atMs` counts from the app's release. */
const originSchema = z.strictObject({
  atMs: z.number().nullable(),
  thread: z.string().nullable(),
  tid: z.number().int().nullable(),
  syscall: z.string().nullable(),
  java: z.array(frameSchema),
  native: z.array(z.string()),
})

const descriptorKinds = [
  'file',
  'directory',
  'socket',
  'pipe',
  'eventpoll',
  'eventfd',
  'inotify',
  'timerfd',
  'other',
] as const

/** A process of this machine that holds the other end of a connection; `own`: it is the app itself. Of a pipe: which `end` it holds. */
const peerHolderSchema = z.strictObject({
  pid: z.number().int(),
  name: z.string(),
  fd: z.number().int(),
  own: z.boolean(),
  end: z.enum(['read', 'write', 'both']).nullable().default(null),
})

/**
 * One live descriptor of the app with its origin: the unit of the ledger.
 * `target` is what it leads to, readable (`tcp 0.0.0.0:8080 listening`, a path, `anon_inode:[eventpoll]`).
 * `peerHolders` are the processes at the other end of a socket or pipe, as far as they run on this machine and can be seen;
 * `listener` is the number of the listening socket that an accepted one came from; `watches` are the numbers that an
 * epoll set watches or that are registered with its selector. `missing` says why there is no origin, or no Java stack in it; null when nothing is missing.
 */
export const ledgerEntrySchema = z.strictObject({
  fd: z.number().int(),
  kind: z.enum(descriptorKinds),
  target: z.string(),
  peer: z.string().nullable(),
  peerHolders: z.array(peerHolderSchema),
  listener: z.number().int().nullable(),
  watches: z.array(z.number().int()),
  origin: originSchema.nullable(),
  bound: originSchema.nullable(),
  listened: originSchema.nullable(),
  connected: originSchema.nullable(),
  missing: z.string().nullable(),
})

export const descriptorVerdicts = [
  'blocked',
  'claimed',
  'inherited',
  'standard',
  'harness',
  'unknown',
] as const

/** A ledger entry after the engine has judged it; `rule` is the engine's reason in a few words. */
const descriptorSchema = z.strictObject({
  ...ledgerEntrySchema.shape,
  verdict: z.enum(descriptorVerdicts),
  rule: z.string().nullable(),
})

const resourceKinds = ['file', 'socket', 'pipe', 'selector', 'native', 'other'] as const

const addressSchema = z.strictObject({ local: z.string().nullable(), remote: z.string().nullable() })

/** One exception or line of an engine's output that speaks against the checkpoint. */
export const findingSchema = z.strictObject({
  type: z.string().nullable(),
  message: z.string(),
  fd: z.number().int().nullable(),
  resource: z.enum(resourceKinds),
  address: addressSchema.nullable(),
  /** The engine's own creation stack (collect-fd-stacktraces), innermost first; empty when it printed none. */
  creationStack: z.array(frameSchema),
  /** Where an exception that is not CRaC's own was thrown, such as a Resource's, innermost first; empty where it has none. */
  thrownAt: z.array(frameSchema),
  /** The rehearsal can't decide this on a stock JDK; never presented as certain. */
  unknowable: z.boolean(),
})

export const blockerKinds = [
  'file',
  'socket',
  'listening-socket',
  'pipe',
  'selector',
  'watch-service',
  'process',
  'native',
  'after-restore',
  'other',
] as const

const ownerSchema = z.strictObject({
  /** `com.acme.Pool.open(Pool.java:42)` */
  frame: z.string(),
  /** Maven coordinates `group:artifact:version`, read from the jar itself. */
  artifact: z.string().nullable(),
  jar: z.string().nullable(),
})

const remedySchema = z.strictObject({ text: z.string(), policy: z.string().nullable() })

/** Findings with one cause. `id` is stable over runs: it holds no fd, port, pid or time. */
export const blockerSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(blockerKinds),
  summary: z.string(),
  findings: z.array(findingSchema),
  descriptors: z.array(z.number().int()),
  owner: ownerSchema.nullable(),
  remedy: remedySchema,
})

/** How complete the ledger is. `unsampled` records have no Java stack; `lost` events never reached the ledger. */
export const evidenceSchema = z.strictObject({
  tracer: z.enum(['ebpf', 'preload', 'both', 'none', 'lost']),
  records: z.number().int(),
  sampled: z.number().int(),
  unsampled: z.number().int(),
  lost: z.number().int(),
  /** What `lost` is made of: no room was left, more files than expected in one call, the kernel could not run the program. */
  losses: z.strictObject({
    noRoom: z.number().int(),
    unpaired: z.number().int(),
    missed: z.number().int(),
  }),
  /** Records whose requested Java stack is missing. */
  lostSamples: z.number().int(),
  /** Live descriptors with unknown creator, without those that were open before the app. */
  withoutOrigin: z.number().int(),
  /** Why the evidence is less than complete, and how to get it; null when it is complete. */
  note: z.string().nullable(),
})

const verdicts = ['checkpointable', 'blocked', 'failed'] as const

const jvmSchema = z.strictObject({
  version: z.string().nullable(),
  vendor: z.string().nullable(),
  crac: z.boolean(),
})

/** The parts of a check that take time; `image` and `restore` are within `checkpoint`, and the others follow each other. */
const stepNames = ['boot', 'ready', 'warm-up', 'checkpoint', 'image', 'restore', 'join'] as const

/** One step by the run's own clock, in milliseconds; `atMs` counts from the check's begin. */
const stepSchema = z.strictObject({
  name: z.enum(stepNames),
  atMs: z.number(),
  durationMs: z.number(),
})

export const reportSchema = z.strictObject({
  schema: z.literal(SCHEMA_ID),
  scenario: z.string(),
  verdict: z.enum(verdicts),
  /** Why the harness could not tell; null unless the verdict is `failed`. */
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  app: z.strictObject({
    kind: z.enum(['process', 'container']),
    command: z.array(z.string()),
    image: z.string().nullable(),
    pid: z.number().int().nullable(),
    exit: z.union([z.number().int(), z.string()]).nullable(),
    /** What it was taken as ready for where nobody gave a condition: `silent, listening on 8080`; else null. */
    takenAsReady: z.string().nullable(),
  }),
  jvm: jvmSchema,
  engine: z.strictObject({
    name: z.enum(['crac', 'rehearsal']),
    /** Whose rules were followed: `21.0.4`, `21` or `25` in a rehearsal, null for a real CRaC JDK. */
    cracVersion: z.string().nullable(),
    output: z.string(),
    durationMs: z.number().nullable(),
    /** What became of the descriptors that the app's resources closed; null where the engine does not tell. */
    restore: restoreSchema.nullable(),
    note: z.string().nullable(),
  }),
  /** Null where no restore was asked for. */
  restoration: restorationSchema.nullable().default(null),
  /** Null where nothing was known beforehand. */
  known: knownSchema.nullable().default(null),
  blockers: z.array(blockerSchema),
  descriptors: z.array(descriptorSchema),
  /** Whose code is on the stacks; empty where no class path could be read. */
  libraries: z.array(librarySchema).default([]),
  /** Null where nobody counted. */
  closed: closedSchema.nullable().default(null),
  evidence: evidenceSchema,
  timing: z.strictObject({
    bootMs: z.number().nullable(),
    warmUpMs: z.number().nullable(),
    checkpointMs: z.number().nullable(),
    /** When the checkpoint was asked for, from the app's release; null where it was not, or the app asked itself. */
    checkpointAtMs: z.number().nullable().default(null),
    totalMs: z.number(),
    /** When the check began, in UTC; null where that was not noted. */
    begin: z.string().nullable().default(null),
    /** In the order in which they began; the last of a check that failed is the one that it failed in. */
    steps: z.array(stepSchema).default([]),
  }),
})

export type Frame = z.infer<typeof frameSchema>
export type Origin = z.infer<typeof originSchema>
export type PeerHolder = z.infer<typeof peerHolderSchema>
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>
export type Descriptor = z.infer<typeof descriptorSchema>
export type Finding = z.infer<typeof findingSchema>
export type Owner = z.infer<typeof ownerSchema>
export type Remedy = z.infer<typeof remedySchema>
export type Blocker = z.infer<typeof blockerSchema>
export type Evidence = z.infer<typeof evidenceSchema>
export type Restore = z.infer<typeof restoreSchema>
export type Step = z.infer<typeof stepSchema>
export type Jvm = z.infer<typeof jvmSchema>
export type Verdict = z.infer<typeof reportSchema>['verdict']
export type Report = z.infer<typeof reportSchema>
