import { append } from '../model/lists.js'

/** How much is shown, and how much of it is looked at to find that. */
const SHOWN_LINES = 40
const READ_LINES = 2000
/** Frames that are shown of each stack: the innermost ones name the line. */
const SHOWN_FRAMES = 3
/** Of an exception and its causes: the first says what failed, the last ones why. */
const FIRST_CAUSES = 3
const LAST_CAUSES = 5
const MESSAGE_LINES = 3
const MESSAGE_WIDTH = 400

const FRAME = /^\s+at \S|^\s+\.\.\. \d+ (?:more|common frames omitted)/
const EXCEPTION = /(?:^|[\s(])(?:[\w$]+\.)+[A-Z][\w$]*(?::|$)|^Exception in thread "/
const CAUSE = /^\s*(?:Caused by|Suppressed|Wrapped by): /

/**
 * What an app printed, for the message of an error: first the exception and its causes, as they are why it died, then where
 * the whole log is, and then the newest lines.
 */
export function lastWords(output: string, log?: string): string {
  const lines = output.trimEnd().split('\n').slice(-READ_LINES)
  const newest = folded(lines)
  const shown = newest.slice(-SHOWN_LINES)
  const exception = lastException(lines)
  return [
    ...(exception.length === 0 ? [] : ['The last exception that it printed:', ...exception]),
    ...(log === undefined ? [] : [`Its whole log is in ${log}.`]),
    ...(log === undefined && newest.length > shown.length
      ? ['With --report-folder FOLDER its whole log is kept.']
      : []),
    'What it printed last:',
    ...shown,
  ].join('\n')
}

/** Frames are folded: sixty of them would push out the exception that they belong to. */
function folded(lines: string[]): string[] {
  const kept: string[] = []
  let frames = 0
  const fold = () => {
    if (frames > SHOWN_FRAMES) kept.push(`\t… ${frames - SHOWN_FRAMES} more frames`)
    frames = 0
  }
  for (const line of lines) {
    if (!FRAME.test(line)) fold()
    else if (++frames > SHOWN_FRAMES) continue
    kept.push(line)
  }
  fold()
  return kept
}

/** The last exception with its causes, without frames; the one that ended the main thread comes before others. */
function lastException(lines: string[]): string[] {
  let last: string[] = []
  let ofMain: string[] = []
  let above: string[] = []
  for (const line of lines) {
    if (!FRAME.test(line)) {
      above.push(line)
      continue
    }
    const message = messageIn(above)
    above = []
    const [first] = message
    if (first === undefined) continue
    if (CAUSE.test(first)) append(last, message)
    else last = message
    if (last[0]?.startsWith('Exception in thread "main"') === true) ofMain = last
  }
  const causes = ofMain.length > 0 ? ofMain : last
  if (causes.length <= FIRST_CAUSES + LAST_CAUSES) return causes
  return [...causes.slice(0, FIRST_CAUSES), '…', ...causes.slice(-LAST_CAUSES)]
}

/** The lines that stand for an exception directly above its frames. */
function messageIn(above: string[]): string[] {
  const begin = above.findLastIndex((line) => CAUSE.test(line) || EXCEPTION.test(line))
  return begin < 0
    ? above.slice(-1)
    : above.slice(begin, begin + MESSAGE_LINES).map((line) => line.slice(0, MESSAGE_WIDTH))
}
