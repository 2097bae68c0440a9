/** Which jar the code on the stacks of a report comes from. */
import { z } from 'zod'

/** A jar, and the packages of it that stand on some stack of the report: of each of them one class was looked up. */
export const librarySchema = z.strictObject({
  jar: z.string(),
  /** Maven coordinates `group:artifact:version`, read from the jar itself. */
  artifact: z.string().nullable(),
  packages: z.array(z.string()),
})

export type Library = z.infer<typeof librarySchema>
