/** What the app opened and closed again before its checkpoint, in numbers: no blocker comes of it, but load does. */
import { z } from 'zod'

/**
 * `app`: the innermost frame that is not the JDK's is of `jar`; `jdk`: no other frame was on the stack; `native`: no Java
 * code was running; `unknown`: nobody can tell any more.
 */
const codes = ['app', 'jdk', 'native', 'unknown'] as const

export const closedSchema = z.strictObject({
  /** Descriptors in all. */
  total: z.number().int(),
  /** How long one span is; the first begins with the app's release. */
  spanMs: z.number(),
  /** The largest first. `counts` is by the span in which they were opened, each as long as there are spans. */
  by: z.array(
    z.strictObject({
      code: z.enum(codes),
      /** Null unless `app`, or where the class was found in no jar. */
      jar: z.string().nullable(),
      counts: z.array(z.number().int()),
    }),
  ),
})

export type Closed = z.infer<typeof closedSchema>
export type ClosedCode = (typeof codes)[number]

/** Files that were opened in one span of time, by one class, and closed again. Milliseconds from the app's release. */
export interface ClosedCount {
  fromMs: number
  toMs: number
  files: number
  /** `java`: Java code was running; `class` is its innermost that the JVM has not loaded for itself, null where all is. */
  code: 'java' | 'native' | 'unknown'
  class: string | null
}
