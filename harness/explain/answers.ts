import type { Outcome } from '../checkpoint/output/output.js'
import type { ExplainedText, TextAnswer } from '../model/answer.js'
import { MOST_SORTED, toBlockers } from './blockers.js'
import type { ReadText, Said } from './read-text.js'

/** More answers than these are of one app that failed for days: they are reported together. */
const MOST_ANSWERS = 10

/** A text as every output takes it: answer by answer, where it holds several. */
export function toExplainedText(
  { file, whole, answers }: ReadText,
  cracVersion: string | null,
): ExplainedText {
  const name = file === '-' ? 'standard input' : file
  const parts =
    answers.length < 2 || answers.length > MOST_ANSWERS
      ? [toAnswer(name, null, whole, cracVersion)]
      : answers.map((answer, i) => {
          const source = answer.source === '' ? '' : ` (${answer.source})`
          return toAnswer(name, `answer ${i + 1} of ${answers.length}${source}`, answer, cracVersion)
        })
  return { name, headline: headlineOf(whole), answers: parts }
}

function toAnswer(name: string, part: string | null, said: Said, cracVersion: string | null): TextAnswer {
  const failed = hasFailed(said)
  const blockers = toBlockers(said, cracVersion)
  return {
    command: 'explain',
    name: part === null ? name : `${name}, ${part}`,
    part,
    verdict: failed ? 'blocked' : said.outcome === null ? null : 'checkpointable',
    headline: headlineOf(said),
    assumed: null,
    note: failed && blockers.length === 0 ? silence(said.outcome) : null,
    top: said.top,
    blockers,
    known: null,
    unsorted: Math.max(said.findings.length - MOST_SORTED, 0) + said.unkept,
    descriptors: [],
    libraries: [],
    closed: null,
    groups: [],
    evidence: null,
    run: null,
  }
}

const headlines = {
  'checkpoint-failed': 'the checkpoint failed',
  'checkpoint-ok': 'the checkpoint succeeded',
  'restore-failed': 'the restore failed',
  'restore-ok': 'the restore succeeded',
  mixed: 'some of it succeeded and some failed',
} as const

/** What came of it, in a few words. */
function headlineOf({ outcome }: Said): string {
  return outcome === null ? 'says nothing about a checkpoint or a restore' : headlines[outcome]
}

/** Whether anything in it speaks against the checkpoint or the restore. */
export function hasFailed({ outcome, findings }: Said): boolean {
  return findings.length > 0 || (outcome !== null && outcome !== 'checkpoint-ok' && outcome !== 'restore-ok')
}

/** Why there may be a failure without any finding. */
function silence(outcome: Outcome | null): string {
  return outcome === 'restore-failed'
    ? 'The text holds no reason: look into what the process that restored printed on its standard error.'
    : "The text holds no reason: look into the app's own standard output and error, and into dump4.log in the image's folder."
}
