import { newBlockers, type Answer, type Run } from '../../harness/model/answer.js'
import type { Blocker, Evidence } from '../../harness/model/report.js'
import { contentsOf } from '../parts/contents.js'
import { foldNative, nativeLine } from '../parts/native-frames.js'
import { relationsOf } from '../parts/relations.js'
import { actionsOf, descriptorsOf, foldStack, type Action } from '../parts/stacks.js'
import { restorationNotes } from '../parts/restoration.js'
import {
  actionSentence,
  descriptorSentence,
  engineSentence,
  evidenceSentence,
  findingSentence,
  restoreSentence,
  timingSentence,
  titleOf,
} from '../parts/sentences.js'
import { notACommand, printable } from '../parts/escape.js'
import { paint, wrap } from '../parts/terminal-text.js'
import { verdictMark } from '../parts/verdict-mark.js'
import { acceptLine, knownLines } from './known.js'
import { asIs, field, hang, labelWidth, type Page } from './page.js'

export interface TerminalOptions {
  color: boolean
  width: number
  /** Leaves nothing out, however much it is. */
  whole?: boolean
}

/** Ten pool sockets from ten places, or hundreds of native frames, must not bury the blocker after them. */
const FEW = { stacks: 4, descriptors: 6, findings: 6, nativeFrames: 8, frames: undefined }
const ALL = {
  stacks: Infinity,
  descriptors: Infinity,
  findings: Infinity,
  nativeFrames: Infinity,
  frames: Infinity,
}

interface TerminalPage extends Page {
  atMost: Record<Exclude<keyof typeof FEW, 'frames'>, number> & { frames: number | undefined }
  /** Whether blockers can be accepted: those of a check. */
  acceptable: boolean
}

/** An answer for a person at a terminal: the verdict first, then one block per blocker, then how far to trust it. */
export function renderTerminal(answer: Answer, options: TerminalOptions): string {
  const page = {
    style: paint(options.color),
    width: Math.max(options.width, 40),
    atMost: options.whole === true ? ALL : FEW,
    acceptable: answer.command === 'check',
  }
  const blockers = newBlockers(answer)
  const blocks = blockers.map((blocker, index) => blockerBlock(page, answer, blocker, index + 1))
  const contents = contentsOf(blockers).flatMap((line) => hang(page, '', printable(line), asIs))
  const parts = [
    verdictBlock(page, answer),
    contents,
    ...blocks,
    knownLines(page, answer),
    trustBlock(page, answer),
  ]
  return (
    notACommand(
      parts
        .filter((lines) => lines.length > 0)
        .map((lines) => lines.join('\n'))
        .join('\n\n'),
    ) + '\n'
  )
}

function verdictBlock(page: Page, answer: Answer): string[] {
  const { style } = page
  const { sign, word, colour } = verdictMark(answer)
  const [first = '', ...rest] = wrap(printable(titleOf(answer)), page.width - 17)
  const lines = [
    `${style.bold(style[colour](`${sign} ${word.toUpperCase()}`))}  ${style.bold(first)}`,
    ...rest.map((line) => `  ${line}`),
    ...(answer.note === null ? [] : field(page, '', printable(answer.note))),
  ]
  if (!answer.run?.failure) return lines
  const { app, failure } = answer.run
  const exit = app.exit === null ? [] : field(page, 'app', `ended with ${app.exit}`)
  return [
    ...lines,
    ...field(page, 'code', failure.code),
    ...field(page, 'reason', printable(failure.message, { lines: true })),
    ...exit,
  ]
}

function blockerBlock(page: TerminalPage, answer: Answer, blocker: Blocker, number: number): string[] {
  return [
    ...hang(page, `${number}. `, `${printable(blocker.summary)} [${blocker.kind}]`, page.style.bold),
    ...ownerLines(page, blocker),
    ...stackLines(page, answer, blocker),
    ...descriptorLines(page, answer, blocker),
    ...relationLines(page, answer, blocker),
    ...findingLines(page, blocker),
    ...field(page, 'remedy', printable(blocker.remedy.text)),
    ...policyLines(page, blocker),
    ...(page.acceptable ? [`  ${'accept'.padEnd(labelWidth)}${page.style.dim(acceptLine(blocker))}`] : []),
  ]
}

function ownerLines(page: Page, { owner }: Blocker): string[] {
  if (owner === null) return field(page, 'owner', 'not known')
  const from = [owner.jar, owner.artifact]
    .flatMap((part) => (part === null ? [] : [printable(part)]))
    .join(', ')
  return [
    ...field(page, 'owner', printable(owner.frame), page.style.red),
    ...(from === '' ? [] : field(page, '', `in ${from}`, page.style.cyan)),
  ]
}

function stackLines(page: TerminalPage, answer: Answer, blocker: Blocker): string[] {
  const actions = actionsOf(answer, blocker)
  const hidden = actions.length - page.atMost.stacks
  return [
    ...actions.slice(0, page.atMost.stacks).flatMap((action) => actionLines(page, action, blocker)),
    ...(hidden > 0 ? [page.style.dim(`  … ${hidden} more origins, in the JSON report`)] : []),
  ]
}

function actionLines(page: TerminalPage, action: Action, blocker: Blocker): string[] {
  const heading = wrap(printable(actionSentence(action)), page.width - 2).map((line) => `  ${line}`)
  if (action.frames.length === 0) return [...heading, ...nativeLines(page, action)]
  const stack = foldStack(action.frames, blocker.owner?.frame ?? null, page.atMost.frames).flatMap((line) => {
    if (line.kind === 'fold') return hang(page, '      ', printable(line.text), page.style.dim)
    if (line.owner) return hang(page, '  ──▶ at ', printable(line.text), page.style.red)
    return hang(page, '      at ', printable(line.text), line.jdk ? page.style.dim : asIs)
  })
  return [...heading, ...stack]
}

function nativeLines(page: TerminalPage, { origin }: Action): string[] {
  const frames = foldNative(origin?.native ?? [])
  const line = nativeLine(origin?.native ?? [])
  const hidden = frames.length - page.atMost.nativeFrames
  return [
    ...(line === null ? [] : hang(page, '  ──▶ by ', printable(line), page.style.red)),
    ...frames
      .slice(0, page.atMost.nativeFrames)
      .flatMap((frame) => hang(page, '      native ', printable(frame))),
    ...(hidden > 0 ? [page.style.dim(`      … ${hidden} more native frames`)] : []),
  ]
}

function descriptorLines(page: TerminalPage, answer: Answer, blocker: Blocker): string[] {
  const known = descriptorsOf(answer, blocker)
  const numbers = new Set(known.map(({ fd }) => fd))
  const unknown = blocker.descriptors.filter((fd) => !numbers.has(fd))
  const all = [...known.map(descriptorSentence), ...unknown.map((fd) => `${fd} (not in the ledger)`)]
  const hidden = all.length - page.atMost.descriptors
  const lines = [...all.slice(0, page.atMost.descriptors), ...(hidden > 0 ? [`… ${hidden} more`] : [])]
  const reasons = new Set(known.flatMap(({ missing }) => (missing === null ? [] : [missing])))
  return [
    ...lines.flatMap((line, index) => field(page, index === 0 ? 'descriptor' : '', printable(line))),
    ...[...reasons].flatMap((reason) => field(page, 'no stack', printable(reason), page.style.yellow)),
  ]
}

function relationLines(page: TerminalPage, answer: Answer, blocker: Blocker): string[] {
  const relations = relationsOf(answer, blocker)
  const hidden = relations.length - page.atMost.descriptors
  return [
    ...relations
      .slice(0, page.atMost.descriptors)
      .flatMap(({ label, text }, i) =>
        field(page, relations[i - 1]?.label === label ? '' : label, printable(text)),
      ),
    ...(hidden > 0 ? field(page, '', `… ${hidden} more`) : []),
  ]
}

function findingLines(page: TerminalPage, { findings }: Blocker): string[] {
  const sentences = [...new Set(findings.map(findingSentence))]
  const hidden = sentences.length - page.atMost.findings
  const lines = [...sentences.slice(0, page.atMost.findings), ...(hidden > 0 ? [`… ${hidden} more`] : [])]
  return lines.flatMap((line, index) => field(page, index === 0 ? 'finding' : '', printable(line)))
}

// Policy text is there to be copied: its lines are neither wrapped nor indented differently.
function policyLines({ style }: Page, { remedy }: Blocker): string[] {
  if (remedy.policy === null) return []
  const lines = printable(remedy.policy.trimEnd(), { lines: true }).split('\n')
  return lines.map(
    (line, index) => `  ${(index === 0 ? 'policy' : '').padEnd(labelWidth)}${style.cyan(line)}`,
  )
}

function trustBlock(page: Page, { evidence, run }: Answer): string[] {
  return [
    ...(evidence === null ? [] : evidenceLines(page, evidence)),
    ...(run === null
      ? []
      : [
          ...field(page, 'engine', printable(engineSentence(run))),
          ...(run.engine.note === null ? [] : field(page, '', printable(run.engine.note), page.style.yellow)),
          ...restoreLines(page, run),
          ...field(page, 'timing', timingSentence(run), page.style.dim),
        ]),
  ]
}

function restoreLines(page: Page, run: Run): string[] {
  const told = restoreSentence(run)
  if (told === null) return []
  return field(
    page,
    'restore',
    printable(told),
    run.restoration?.verdict === 'restored' ? asIs : page.style.yellow,
  ).concat(
    restorationNotes(run.restoration).flatMap(({ label, text, warns }) =>
      field(page, label, printable(text), warns ? page.style.yellow : asIs),
    ),
  )
}

function evidenceLines(page: Page, evidence: Evidence): string[] {
  // A fall-back that has lost nothing is reported, but is no warning.
  const warn = isWhole(evidence) ? asIs : page.style.yellow
  return [
    ...field(page, 'evidence', evidenceSentence(evidence), warn),
    ...(evidence.note === null ? [] : field(page, '', printable(evidence.note), warn)),
  ]
}

/** Preloading alone is an observer like the others as long as it misses nothing. */
function isWhole({ tracer, note, lost, lostSamples, withoutOrigin }: Evidence): boolean {
  return lost === 0 && (note === null || (tracer === 'preload' && lostSamples + withoutOrigin === 0))
}
