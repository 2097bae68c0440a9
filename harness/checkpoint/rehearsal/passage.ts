import { z } from 'zod'

/** What a JVM sees of its time and place at one moment. `timeZone` is null where nobody has asked for it. */
const viewSchema = z.object({
  wallMs: z.number(),
  monotonicMs: z.number(),
  timeZone: z.string().nullable(),
  processors: z.number().int(),
  heapBytes: z.number(),
  threads: z.array(z.string()),
})

/** A live generator of random numbers: the static field that holds it, where one does, and a digest of its state. */
const randomSchema = z.object({ type: z.string(), holder: z.string().nullable(), state: z.string() })

/**
 * What a JVM saw on its way through an image: before its first beforeCheckpoint, as the last thing in the image, as the
 * first thing after it, and when its last afterRestore had run.
 */
export const passageSchema = z.object({
  start: viewSchema,
  held: viewSchema,
  back: viewSchema,
  end: viewSchema,
  randoms: z.array(randomSchema),
})

export type Passage = z.infer<typeof passageSchema>
export type RandomState = z.infer<typeof randomSchema>
