import { z } from 'zod'

/**
 * What became of a restore that was asked for. `engine` is null where none was tried, and `reason` says why not, or why it
 * failed. Times are in milliseconds: `checkpointMs` until the app had ended with its image written, `restoreMs` from the
 * engine's start until its afterRestore had run, `probeMs` for the warm-up that was asked again.
 */
export const restorationSchema = z.strictObject({
  verdict: z.enum(['restored', 'restore-failed', 'not-tried']),
  engine: z.enum(['criu']).nullable(),
  engineVersion: z.string().nullable(),
  reason: z.string().nullable(),
  checkpointMs: z.number().nullable(),
  imageBytes: z.number().nullable(),
  restoreMs: z.number().nullable(),
  probeMs: z.number().nullable(),
})

export type Restoration = z.infer<typeof restorationSchema>
