import { notACommand, paint, printable, wrap, type Paint } from '../../reports/terminal-text.js'
import type { Explanation } from '../explain.js'
import { MOST_SORTED, toMatters, toText, type Matter } from './matters.js'

interface Page {
  style: Paint
  width: number
}

/** Enough to recognise a matter by; the text itself has the rest. */
const MOST_FINDINGS = 6

const headlines = {
  'checkpoint-failed': 'the checkpoint failed',
  'checkpoint-ok': 'the checkpoint succeeded',
  'restore-failed': 'the restore failed',
  'restore-ok': 'the restore succeeded',
  mixed: 'some of it succeeded and some failed',
} as const

/** Says for people what a text means: what failed, whose it is, what to do, and what the text can't tell. */
export function renderExplanation(
  explanation: Explanation,
  options: { color: boolean; width: number },
): string {
  const page: Page = { style: paint(options.color), width: Math.max(options.width, 40) }
  const matters = toMatters(explanation)
  const blocks = [
    head(page, explanation),
    ...matters.map((matter, index) => block(page, matter, index + 1)),
    rest(explanation),
    unknown(page, explanation, matters),
  ]
  const lines = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `${notACommand(lines.join('\n\n'))}\n`
}

function head({ style, width }: Page, { file, outcome, top, findings }: Explanation): string[] {
  const said = outcome === null ? 'says nothing about a checkpoint or a restore' : headlines[outcome]
  const by = top === null ? '' : ` (${top})`
  const failed = outcome !== null && /failed|mixed/.test(outcome)
  const [first = '', ...rest] = wrap(
    printable(`${file === '-' ? 'standard input' : file}: ${said}${by}`),
    width,
  )
  const colour = failed ? style.red : outcome === null ? style.yellow : style.green
  const lines = [first, ...rest].map((line) => style.bold(colour(line)))
  if (failed && findings.length === 0) return [...lines, ...wrap(silence(outcome), width)]
  return lines
}

function rest({ findings }: Explanation): string[] {
  return findings.length > MOST_SORTED
    ? [`The text holds ${findings.length - MOST_SORTED} further findings.`]
    : []
}

/** Why there may be a failure without any finding. */
function silence(outcome: Explanation['outcome']): string {
  return outcome === 'restore-failed'
    ? 'The text holds no reason: look into what the process that restored printed on its standard error.'
    : "The text holds no reason: look into the app's own standard output and error, and into dump4.log in the image's folder."
}

function block(page: Page, matter: Matter, number: number): string[] {
  const findings = matter.findings.slice(0, MOST_FINDINGS)
  const more = matter.findings.length - findings.length
  return [
    ...hang(page, `${number}. `, matter.title, page.style.bold),
    ...findings.flatMap((finding, i) =>
      hang(page, i === 0 ? '   said     ' : '            ', toText(finding), page.style.dim),
    ),
    ...(more > 0 ? [page.style.dim(`            and ${more} more`)] : []),
    ...(matter.frame === null ? [] : hang(page, '   opened   ', `by ${matter.frame}`, page.style.cyan)),
    ...hang(page, '   remedy   ', matter.remedy),
    ...(matter.policy === null ? [] : policy(page, matter.policy)),
    ...portNote(page, matter),
  ]
}

function policy(page: Page, text: string): string[] {
  return printable(text, { lines: true })
    .split('\n')
    .map((line, i) => `${i === 0 ? '   policy   ' : '            '}${page.style.cyan(line)}`)
}

function portNote(page: Page, { findings }: Matter): string[] {
  if (!findings.some(({ message }) => /type=socket .*,port=\d+$/.test(message))) return []
  return hang(
    page,
    '   note     ',
    'The JVM prints `port=` for sockets of every family: for a unix socket the number means nothing.',
  )
}

/** What the text can't tell, and how to get to know it. */
function unknown(page: Page, { outcome }: Explanation, matters: Matter[]): string[] {
  const blind = matters.filter((matter) => matter.aboutDescriptors && matter.frame === null)
  if (blind.length === 0) {
    if (outcome !== null || matters.length > 0) return []
    return wrap(
      'Give it what `jcmd PID JDK.checkpoint` answered, or what the app printed from then on.',
      page.width,
    )
  }
  const numbers = matters.flatMap((matter, i) => (blind.includes(matter) ? [i + 1] : []))
  const which =
    matters.length === 1
      ? 'it'
      : numbers.length === 1
        ? `number ${numbers.join('')}`
        : `numbers ${numbers.join(', ')}`
  return wrap(
    `Who opened ${which}, this text does not say. \`crac-preflight check -- java …\` runs the app under a tracer and shows the Java line.`,
    page.width,
  )
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
