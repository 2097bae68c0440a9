import { notACommand, printable } from '../../reports/parts/terminal-text.js'
import type { Told } from '../../reports/parts/told.js'
import type { ExplainedText } from './explain.js'
import { toMatters, toText, type Matter } from './matters.js'
import { hasFailed, headlineOf, sectionsOf, silence } from './sections.js'

const MOST_FINDINGS = 20

/** A text as CI is told of it. */
export function toTold(text: ExplainedText, cracVersion: string | null): Told[] {
  return sectionsOf(text).map(({ name, explanation }) => {
    const failed = hasFailed(explanation)
    const matters = toMatters(explanation, cracVersion)
    const headline = headlineOf(explanation)
    return {
      name,
      verdict: failed ? 'failed' : explanation.outcome === null ? 'unknown' : 'passed',
      headline: failed && matters.length === 0 ? `${headline}. ${silence(explanation.outcome)}` : headline,
      matters: matters.map((matter) => ({
        id: matter.id,
        title: matter.title,
        type: matter.findings[0]?.type ?? 'engine',
        text: textOf(matter),
      })),
    }
  })
}

function textOf({ findings, frame, remedy, policy }: Matter): string {
  const said = findings.slice(0, MOST_FINDINGS).map(toText)
  const more = findings.length - said.length
  const lines = [
    ...said,
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(frame === null ? [] : [`Opened by ${frame}`]),
    `Remedy: ${remedy}`,
  ]
  const body = lines.map((line) => printable(line)).join('\n')
  return notACommand(policy === null ? body : `${body}\n${printable(policy, { lines: true })}`)
}
