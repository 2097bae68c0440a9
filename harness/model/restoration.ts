import { z } from 'zod'

/**
 * One start of the app, in milliseconds from its release, or from the start of the engine that brings it back: until it was
 * ready, until the first request was answered (null where none was asked through the harness), and how long each of the
 * first requests took, in their order.
 */
const startSchema = z.strictObject({
  readyMs: z.number(),
  firstAnswerMs: z.number().nullable(),
  latenciesMs: z.array(z.number()),
})

/** How many requests of a start are remembered. */
export const MOST_LATENCIES = 50

/** What a restore saves, and what it costs. `compressedBytes` is the image by gzip; null where it was not kept for that. */
const numbersSchema = z.strictObject({
  coldStart: startSchema,
  restored: startSchema,
  checkpointMs: z.number(),
  imageBytes: z.number(),
  compressedBytes: z.number().nullable(),
})

const differenceKinds = [
  'descriptor',
  'listener',
  'connection',
  'thread',
  'clock',
  'environment',
  'host-name',
  'pid',
  'working-directory',
  'time-zone',
  'random',
  'processors',
  'memory',
] as const

/**
 * One thing that was measured before the image and after the return from it. `what` is a target, a thread's name, a class;
 * `change` what became of it: `repeated` is the same in two restores of one image, where it should not be. `frame` is the Java
 * line of who did it, null where that is not known; `text` is all of it as a sentence. What needs nobody's attention has no
 * remedy.
 */
const differenceSchema = z.strictObject({
  kind: z.enum(differenceKinds),
  change: z.enum(['restored', 'missing', 'new', 'closed', 'changed', 'repeated']),
  what: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  frame: z.string().nullable(),
  text: z.string(),
  remedy: z.strictObject({ text: z.string(), link: z.string() }).nullable(),
})

/** A value that its name says is a secret, and that can be read in the image. The value itself is nowhere in a report. */
const secretSchema = z.strictObject({
  name: z.string(),
  from: z.enum(['environment', 'system-property']),
})

/**
 * An image that the user keeps. `use` brings it back: the command of a process, or the lines of a Dockerfile, which is in
 * the folder, too.
 */
const keptSchema = z.strictObject({ folder: z.string(), use: z.array(z.string()) })

/**
 * What became of a restore that was asked for. `engine` is null where none was tried, and `reason` says why not, or why it
 * failed. Times are in milliseconds: `checkpointMs` until the app had ended with its image written, `restoreMs` from the
 * engine's start until its afterRestore had run, `probeMs` for the warm-up that was asked again. `budgetMs` is what
 * `restoreMs` may be at most; null where nobody said so. `capabilities` is what the container was given beside its own; null of
 * a process.
 */
export const restorationSchema = z.strictObject({
  verdict: z.enum(['restored', 'restore-failed', 'not-tried']),
  engine: z.enum(['criu', 'crac']).nullable(),
  engineVersion: z.string().nullable(),
  capabilities: z.array(z.string()).nullable().default(null),
  reason: z.string().nullable(),
  checkpointMs: z.number().nullable(),
  imageBytes: z.number().nullable(),
  restoreMs: z.number().nullable(),
  probeMs: z.number().nullable(),
  budgetMs: z.number().nullable().default(null),
  numbers: numbersSchema.nullable().default(null),
  differences: z.array(differenceSchema).default([]),
  secrets: z.array(secretSchema).default([]),
  kept: keptSchema.nullable().default(null),
})

export type Restoration = z.infer<typeof restorationSchema>
export type RestoreNumbers = z.infer<typeof numbersSchema>
export type StartNumbers = z.infer<typeof startSchema>
export type Difference = z.infer<typeof differenceSchema>
export type DifferenceKind = Difference['kind']
export type KeptImage = z.infer<typeof keptSchema>
export type SecretInImage = z.infer<typeof secretSchema>

/**
 * What beforeCheckpoint of the app's resources closed, by target: back after afterRestore, or not; `onUse` is not back
 * and comes when it is used again: connections to others, archives of class loaders. `failures` are the exceptions of
 * afterRestore.
 */
export const restoreSchema = z.strictObject({
  restored: z.array(z.string()),
  missing: z.array(z.string()),
  onUse: z.array(z.string()),
  failures: z.array(z.string()),
})
