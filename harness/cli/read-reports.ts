import type { z } from 'zod'
import { reportsSchema, REPORTS_SCHEMA_ID } from '../../reports/json.js'
import { reportSchema, SCHEMA_ID, type Report } from '../model/report.js'

/** The reports in what `check --json` and `merge --json` write: one, or many in one file. Null: it says that it is neither. */
export function parseReports(value: unknown): z.ZodSafeParseResult<Report[]> | null {
  const id = (value as { schema?: unknown } | null)?.schema
  if (id === SCHEMA_ID) return reportSchema.transform((report) => [report]).safeParse(value)
  if (id === REPORTS_SCHEMA_ID) return reportsSchema.transform(({ reports }) => reports).safeParse(value)
  return null
}
