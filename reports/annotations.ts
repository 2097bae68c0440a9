import { isAccepted, missed, type Answer } from '../harness/model/answer.js'
import { blockerLines } from './parts/blocker-text.js'
import { harmless, notACommand, printable } from './parts/escape.js'
import { titleOf } from './parts/sentences.js'
import { placeOf, type SourcePlace } from './source/blocker-place.js'
import { Sources } from './source/sources.js'

export const annotationFormats = ['github', 'gitlab', 'auto'] as const
export type AnnotationFormat = Exclude<(typeof annotationFormats)[number], 'auto'>

/** The log format to annotate in. `auto` is the CI's at hand, and none elsewhere: it would be noise there. */
export function formatFor(
  asked: (typeof annotationFormats)[number],
  environment: NodeJS.ProcessEnv = process.env,
): AnnotationFormat | null {
  if (asked !== 'auto') return asked
  if (environment.GITHUB_ACTIONS === 'true') return 'github'
  return environment.GITLAB_CI === 'true' ? 'gitlab' : null
}

/** Answers as lines that a CI log shows in its own way; print them on standard output. */
export function toAnnotations(
  answers: readonly Answer[],
  format: AnnotationFormat,
  now: Date = new Date(),
): string {
  const sources = Sources.around()
  return answers
    .map((answer) => {
      const notes = notesOf(answer, sources)
      return format === 'github' ? github(notes) : gitlab(notes, answer.name, now)
    })
    .join('')
}

interface Note {
  level: 'error' | 'notice'
  title: string
  /** May span several lines. */
  message: string
  /** Where it is shown; null: in the log only. */
  place: SourcePlace | null
}

/** One for each blocker; without any, one for the answer as a whole. */
function notesOf(answer: Answer, sources: Sources): Note[] {
  const { name, verdict, headline, note, blockers, known, run } = answer
  if (run?.failure) {
    const { code, message } = run.failure
    const title = `crac-preflight: ${titleOf(answer)}`
    return [{ level: 'error', title, message: `${code}: ${message}`, place: null }]
  }
  if (blockers.length === 0) {
    const level =
      verdict === 'blocked' || verdict === 'failed' || missed(known).length > 0 ? 'error' : 'notice'
    const whole = [headline, ...(note === null ? [] : [note])].join('. ')
    const said = level === 'error' && run !== null ? `${whole}\n${run.engine.output}` : whole
    return [{ level, title: `crac-preflight: ${name}`, message: said, place: null }]
  }
  return [
    ...missed(known).map((id) => ({
      level: 'error' as const,
      title: `${name}: a known blocker is not there`,
      message: `${id} was expected or accepted, and no blocker is it.`,
      place: null,
    })),
    ...blockers.map((blocker) => ({
      level: isAccepted(answer, blocker) ? ('notice' as const) : ('error' as const),
      title: `${name}: ${isAccepted(answer, blocker) ? 'accepted: ' : ''}${blocker.summary}`,
      message: blockerLines(answer, blocker),
      place: placeOf(answer, blocker, sources),
    })),
  ]
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands */
function github(notes: Note[]): string {
  return notes
    .map(({ level, title, message, place }) => {
      const data = escapeData(harmless(message))
      const where = place === null ? '' : `file=${property(place.file)},${lineOf(place)}`
      return `::${level} ${where}title=${property(title)}::${data}\n`
    })
    .join('')
}

const lineOf = ({ line }: SourcePlace): string => (line === null ? '' : `line=${line},`)

const property = (text: string): string => escapeProperty(notACommand(printable(text)))

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
      const body = harmless(message)
      return [
        `${clear}section_start:${seconds}:${name}${options}\r${clear}${notACommand(printable(title))}\n`,
        ...body.split('\n').map((line) => `  ${line}\n`),
        `${clear}section_end:${seconds}:${name}\r${clear}\n`,
      ].join('')
    })
    .join('')
}
