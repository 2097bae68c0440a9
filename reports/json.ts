import { z } from 'zod'
import { reportSchema, type Report } from '../harness/model/report.js'
import { jsonText } from './parts/escape.js'

export const REPORTS_SCHEMA_ID = 'crac-preflight/reports@1'

/** The reports of several apps in one file. */
export const reportsSchema = z.strictObject({
  schema: z.literal(REPORTS_SCHEMA_ID),
  reports: z.array(reportSchema),
})

/** The report as JSON text that the schema accepts: for `--json`, for tools, and for the next run to compare with. */
export function toJson(report: Report): string {
  return `${jsonText(reportSchema.parse(report), 2)}\n`
}

/** The same of several apps. */
export function toJsonOfMany(reports: readonly Report[]): string {
  return `${jsonText(reportsSchema.parse({ schema: REPORTS_SCHEMA_ID, reports }), 2)}\n`
}
