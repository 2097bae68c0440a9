/** A line without its prefixes, and whole. */
export interface Part {
  text: string
  indent: number
  source: string
  line: string
}

/** A line that mail or a ticket system has broken off: a header before its message, a frame's word, a message inside. */
const cut = /(?:^|: )(?:[\w$]+\.){2,40}[\w$]*(?:Exception|Error):$|^at$|\bFD fd=\d{1,9} type=\w+$/

const begins = /^(?:at\b|\.\.\. \d|Suppressed: |Caused by: |Wrapped by: |JVM: |CR: )/
const frame = /^[\w.$/@<>-]+\([^()]*\)/

/** Puts lines together again that were hard-wrapped after a word that CRaC prints another one after. */
export class WrappedLines {
  private held: Part | null = null

  /** Whether the next line may be the rest of this one, so that it must be looked at. */
  get isOpen(): boolean {
    return this.held !== null
  }

  /** Takes a line; gives those that are whole. */
  join(part: Part): Part[] {
    const held = this.held
    this.held = null
    const whole = held !== null && continues(held, part) ? joined(held, part) : part
    const before = held !== null && whole === part ? [held] : []
    if (!cut.test(whole.text)) return [...before, whole]
    this.held = whole
    return before
  }

  /** What is left when the text has ended. */
  rest(): Part[] {
    const held = this.held
    this.held = null
    return held === null ? [] : [held]
  }
}

function continues(held: Part, { text, source }: Part): boolean {
  if (source !== held.source) return false
  if (held.text === 'at') return frame.test(text)
  if (/type=\w+$/.test(held.text)) return text.startsWith('path=')
  return !begins.test(text) && !/^(?:[\w$]+\.){2,40}[\w$]*(?:Exception|Error)\b/.test(text)
}

function joined(held: Part, next: Part): Part {
  return { ...held, text: `${held.text} ${next.text}`, line: `${held.line.trimEnd()} ${next.text}` }
}
