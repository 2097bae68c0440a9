import { reportSchema, type Report } from '../harness/model/report.js'
import { jsonText } from './parts/escape.js'

/** The report as JSON text that the schema accepts: for `--json`, for tools, and for the next run to compare with. */
export function toJson(report: Report): string {
  return `${jsonText(reportSchema.parse(report), 2)}\n`
}
