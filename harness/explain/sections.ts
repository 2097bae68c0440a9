import type { ExplainedText, Explanation } from './explain.js'

/** A part of a text that is told by itself: one answer, or the whole. */
export interface Section {
  /** What it is called: the file, and which of its answers. */
  name: string
  /** The same without the file. */
  part: string | null
  explanation: Explanation
}

/** More answers than these are of one app that failed for days: they are told together. */
const MOST_ANSWERS = 10

/** Each answer of a text by itself, where it holds several. */
export function sectionsOf({ whole, answers }: ExplainedText): Section[] {
  const file = fileName(whole.file)
  if (answers.length < 2 || answers.length > MOST_ANSWERS)
    return [{ name: file, part: null, explanation: whole }]
  return answers.map((explanation) => {
    const { answer, source } = explanation
    const part = `answer ${answer} of ${answers.length}${source === null ? '' : ` (${source})`}`
    return { name: `${file}, ${part}`, part, explanation }
  })
}

export function fileName(file: string): string {
  return file === '-' ? 'standard input' : file
}

export const headlines = {
  'checkpoint-failed': 'the checkpoint failed',
  'checkpoint-ok': 'the checkpoint succeeded',
  'restore-failed': 'the restore failed',
  'restore-ok': 'the restore succeeded',
  mixed: 'some of it succeeded and some failed',
} as const

/** What came of it, in a few words. */
export function headlineOf({ outcome }: Explanation): string {
  return outcome === null ? 'says nothing about a checkpoint or a restore' : headlines[outcome]
}

/** Whether anything in it speaks against the checkpoint or the restore. */
export function hasFailed({ outcome, findings }: Explanation): boolean {
  return findings.length > 0 || (outcome !== null && /failed|mixed/.test(outcome))
}

/** Why there may be a failure without any finding. */
export function silence(outcome: Explanation['outcome']): string {
  return outcome === 'restore-failed'
    ? 'The text holds no reason: look into what the process that restored printed on its standard error.'
    : "The text holds no reason: look into the app's own standard output and error, and into dump4.log in the image's folder."
}
