/** The ledger as `trace --json` writes it. */
import { z } from 'zod'
import { groupings } from './answer.js'
import { evidenceSchema, ledgerEntrySchema } from './report.js'

export const LEDGER_SCHEMA_ID = 'crac-preflight/ledger@1'

export const ledgerSchema = z.strictObject({
  schema: z.literal(LEDGER_SCHEMA_ID),
  scenario: z.string(),
  descriptors: z.array(ledgerEntrySchema),
  evidence: evidenceSchema,
  by: z.enum(groupings),
  /** The largest first; `descriptors` are their numbers. */
  groups: z.array(
    z.strictObject({
      name: z.string(),
      count: z.number().int(),
      descriptors: z.array(z.number().int()),
    }),
  ),
})

export type LedgerReport = z.infer<typeof ledgerSchema>
