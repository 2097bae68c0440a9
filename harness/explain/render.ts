import { notACommand, paint, printable, wrap, type Paint } from '../../reports/parts/terminal-text.js'
import type { Explanation } from './explain.js'
import { fileName, headlineOf, silence } from './sections.js'
import { MOST_SORTED, toMatters, toText, type Matter } from './matters.js'

interface Page {
  style: Paint
  width: number
}

/** Enough to recognise a matter by; the text itself has the rest. */
const MOST_FINDINGS = 6

export interface RenderOptions {
  color: boolean
  width: number
  /** Whose rules to follow: `21.0.4`, `21` or `25`; null where nobody knows. */
  cracVersion?: string | null
}

/** Says for people what a text means: what failed, whose it is, what to do, and what the text can't tell. */
export function renderExplanation(explanation: Explanation, options: RenderOptions): string {
  const page: Page = { style: paint(options.color), width: Math.max(options.width, 40) }
  const matters = toMatters(explanation, options.cracVersion ?? null)
  const blocks = [
    head(page, explanation),
    ...matters.map((matter, index) => block(page, matter, index + 1)),
    rest(explanation),
    unknown(page, explanation, matters),
  ]
  const lines = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `${notACommand(lines.join('\n\n'))}\n`
}

function head({ style, width }: Page, explanation: Explanation): string[] {
  const { file, outcome, top, findings } = explanation
  const said = headlineOf(explanation)
  const by = top === null ? '' : ` (${top})`
  const failed = outcome !== null && /failed|mixed/.test(outcome)
  const [first = '', ...rest] = wrap(printable(`${fileName(file)}: ${said}${by}`), width)
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
