import { reportSchema, type Report } from '../harness/model/report.js'

/** The report as JSON text that the schema accepts: for `--json`, for tools, and for the next run to compare with. */
export function toJson(report: Report): string {
  const text = JSON.stringify(reportSchema.parse(report), null, 2)
  // `--json -` goes to a terminal too: what could move its cursor or hide text is escaped; the value stays the same.
  return `${text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeUnit)}\n`
}

function escapeUnit(character: string): string {
  if (character === '\n') return character
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')
}
