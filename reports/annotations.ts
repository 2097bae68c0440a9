import type { Blocker, Report } from '../harness/model/report.js'
import { findingSentence, headline, ownerSentence } from './parts/sentences.js'
import type { Told } from './parts/told.js'
import { notACommand, printable } from './parts/terminal-text.js'

/** The report as lines that a CI log shows in its own way; print them on standard output. */
export function toAnnotations(report: Report, format: 'github' | 'gitlab', now: Date = new Date()): string {
  return annotate(notesOf(report), report.scenario, format, now)
}

/** Explained texts in the same way. */
export function toToldAnnotations(
  texts: readonly Told[],
  format: 'github' | 'gitlab',
  now: Date = new Date(),
): string {
  return texts
    .map(({ name, verdict, headline, matters }) => {
      const whole: Note = {
        level: verdict === 'failed' ? 'error' : 'notice',
        title: `crac-preflight: ${name}`,
        message: headline,
      }
      const each = matters.map(({ title, text }): Note => ({
        level: 'error',
        title: `${name}: ${title}`,
        message: text,
      }))
      return annotate(each.length > 0 ? each : [whole], name, format, now)
    })
    .join('')
}

function annotate(notes: Note[], scope: string, format: 'github' | 'gitlab', now: Date): string {
  return format === 'github' ? github(notes) : gitlab(notes, scope, now)
}

interface Note {
  level: 'error' | 'notice'
  title: string
  /** May span several lines. */
  message: string
}

function notesOf(report: Report): Note[] {
  const title = `crac-preflight: ${headline(report)}`
  if (report.failure !== null) {
    return [{ level: 'error', title, message: `${report.failure.code}: ${report.failure.message}` }]
  }
  if (report.verdict === 'checkpointable') return [{ level: 'notice', title, message: headline(report) }]
  if (report.blockers.length === 0) return [{ level: 'error', title, message: report.engine.output }]
  return report.blockers.map((blocker) => ({
    level: 'error',
    title: `${report.scenario}: ${blocker.summary}`,
    message: blockerMessage(blocker),
  }))
}

function blockerMessage(blocker: Blocker): string {
  const owner = `Owner: ${ownerSentence(blocker) ?? 'not known'}`
  return [owner, ...blocker.findings.map(findingSentence), `Remedy: ${blocker.remedy.text}`].join('\n')
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands */
function github(notes: Note[]): string {
  return notes
    .map(({ level, title, message }) => {
      const data = escapeData(notACommand(printable(message, { lines: true })))
      return `::${level} title=${escapeProperty(notACommand(printable(title)))}::${data}\n`
    })
    .join('')
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** https://docs.gitlab.com/ci/jobs/job_logs/: one section per note, folded unless it is an error. */
function gitlab(notes: Note[], scope: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000)
  const clear = '\u001b[0K'
  return notes
    .map(({ level, title, message }, index) => {
      const name = `crac_preflight_${index}_${scope.replace(/[^A-Za-z0-9]+/g, '_')}`
      const options = level === 'error' ? '' : '[collapsed=true]'
      const body = notACommand(printable(message, { lines: true }))
      return [
        `${clear}section_start:${seconds}:${name}${options}\r${clear}${printable(title)}\n`,
        ...body.split('\n').map((line) => `  ${line}\n`),
        `${clear}section_end:${seconds}:${name}\r${clear}\n`,
      ].join('')
    })
    .join('')
}
