import type { TextAnswer } from '../../harness/model/answer.js'
import type { FoundBlocker } from '../../harness/model/finding.js'
import type { Finding } from '../../harness/model/report.js'
import { contentsOf } from '../parts/contents.js'
import { notACommand, printable } from '../parts/escape.js'
import { findingSentence, titleOf } from '../parts/sentences.js'
import { paint, wrap, type Paint } from '../parts/terminal-text.js'

interface Page {
  style: Paint
  width: number
}

/** Enough to recognise a blocker by; the text itself has the rest. */
const MOST_FINDINGS = 6

export interface RenderOptions {
  color: boolean
  width: number
}

/** Says for people what an answer means: what failed, whose it is, what to do, and what the text can't tell. */
export function renderAnswer(answer: TextAnswer, options: RenderOptions): string {
  const page: Page = { style: paint(options.color), width: Math.max(options.width, 40) }
  const blocks = [
    head(page, answer),
    contentsOf(answer.blockers).flatMap((line) => hang(page, '', line, page.style.bold)),
    ...answer.blockers.map((blocker, index) => block(page, blocker, index + 1)),
    answer.unsorted > 0 ? [`The text holds ${answer.unsorted} further findings.`] : [],
    unknown(page, answer),
  ]
  const lines = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `${notACommand(lines.join('\n\n'))}\n`
}

function head({ style, width }: Page, { name, part, verdict, headline, top, note }: TextAnswer): string[] {
  const by = top === null ? '' : ` (${top})`
  const colour = verdict === 'blocked' ? style.red : verdict === null ? style.yellow : style.green
  return [
    ...wrap(printable(`${titleOf({ name: part ?? name, headline, assumed: null })}${by}`), width).map(
      (line) => style.bold(colour(line)),
    ),
    ...(note === null ? [] : wrap(note, width)),
  ]
}

function block(page: Page, blocker: FoundBlocker, number: number): string[] {
  const { findings: all, owner, remedy } = blocker
  const findings = all.slice(0, MOST_FINDINGS)
  const more = all.length - findings.length
  return [
    ...hang(page, `${number}. `, blocker.summary, page.style.bold),
    ...findings.flatMap((finding, i) =>
      hang(page, i === 0 ? '   said     ' : '            ', findingSentence(finding), page.style.dim),
    ),
    ...(more > 0 ? [page.style.dim(`            and ${more} more`)] : []),
    ...(owner === null ? [] : hang(page, '   opened   ', `by ${owner.frame}`, page.style.cyan)),
    ...hang(page, '   remedy   ', remedy.text),
    ...(remedy.policy === null ? [] : policy(page, remedy.policy)),
    ...portNote(page, blocker),
  ]
}

function policy(page: Page, text: string): string[] {
  return printable(text, { lines: true })
    .split('\n')
    .map((line, i) => `${i === 0 ? '   policy   ' : '            '}${page.style.cyan(line)}`)
}

function portNote(page: Page, { findings }: FoundBlocker): string[] {
  if (!findings.some(({ subject }) => subject.is === 'descriptor' && subject.port !== null)) return []
  return hang(
    page,
    '   note     ',
    'The JVM prints `port=` for sockets of every family: for a unix socket the number means nothing.',
  )
}

/** What the text can't tell, and how to get to know it. */
function unknown(page: Page, { verdict, blockers }: TextAnswer): string[] {
  const blind = blockers.filter(({ owner, findings }) => owner === null && findings.some(isAboutDescriptor))
  if (blind.length === 0) {
    if (verdict !== null) return []
    return wrap(
      'Give it what `jcmd PID JDK.checkpoint` answered, or what the app printed from then on.',
      page.width,
    )
  }
  const numbers = blockers.flatMap((blocker, i) => (blind.includes(blocker) ? [i + 1] : []))
  const which =
    blockers.length === 1
      ? 'it'
      : numbers.length === 1
        ? `number ${numbers.join('')}`
        : `numbers ${numbers.join(', ')}`
  return wrap(
    `Who opened ${which}, this text does not say. \`crac-preflight check -- java …\` runs the app under a tracer and shows the Java line.`,
    page.width,
  )
}

/** A ledger would know who created it; of an engine's own line it knows nothing. */
function isAboutDescriptor({ type, resource, fd }: Finding): boolean {
  if (type?.startsWith('CheckpointOpen') === true) return true
  return resource !== 'other' && !(resource === 'native' && fd === null)
}

function hang(
  { width }: Page,
  label: string,
  text: string,
  style: (text: string) => string = (same) => same,
): string[] {
  const indent = ' '.repeat(label.length)
  return wrap(printable(text), width - label.length).map(
    (line, i) => (i === 0 ? label : indent) + style(line),
  )
}
