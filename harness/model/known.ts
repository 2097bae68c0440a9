import { z } from 'zod'

/** What was known of an app's blockers before its check: by a baseline, by `--accept`, or as what the check expects. */
export const knownSchema = z.strictObject({
  /** Ids of blockers that are accepted or expected: they fail nobody. */
  accepted: z.array(z.string()),
  /** What was accepted and is not there any more; it fails where `strict` is set. */
  gone: z.array(z.string()),
  /** What was expected and is not there: it fails. */
  unmet: z.array(z.string()),
  strict: z.boolean(),
})

export type Known = z.infer<typeof knownSchema>
