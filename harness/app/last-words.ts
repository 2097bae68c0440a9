/** How much is shown, and how much of it is looked at to find that. */
const SHOWN_LINES = 40
const READ_LINES = 2000
/** Frames that are shown of each stack: the innermost ones name the line. */
const SHOWN_FRAMES = 3

const FRAME = /^\s+at \S|^\s+\.\.\. \d+ (?:more|common frames omitted)/

/**
 * What an app printed last, for the error of one that died: exceptions, their causes and messages stay, and the frames
 * below them are folded, as sixty of them would push out what they belong to.
 */
export function lastWords(output: string): string {
  const folded: string[] = []
  let frames = 0
  const fold = () => {
    if (frames > SHOWN_FRAMES) folded.push(`\t… ${frames - SHOWN_FRAMES} more frames`)
    frames = 0
  }
  for (const line of output.trimEnd().split('\n').slice(-READ_LINES)) {
    if (!FRAME.test(line)) fold()
    else if (++frames > SHOWN_FRAMES) continue
    folded.push(line)
  }
  fold()
  return folded.slice(-SHOWN_LINES).join('\n')
}
