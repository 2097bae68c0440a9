/** A line without its prefixes, and whole. */
export interface Part {
  text: string
  indent: number
  source: string
  line: string
}

/** A way in which mail or a ticket system breaks a line of a trace off, and how the rest of it goes on. */
interface Break {
  end: RegExp
  next: RegExp
}

const BEGINS = String.raw`at\b(?! epoch:)|\.\.\.|Suppressed:|Caused by:|Wrapped by:|JVM: |CR: `
const FAILURE = String.raw`(?:[\w$]+\.){2,40}[\w$]*(?:Exception|Error)`
const anything = new RegExp(`^(?!${BEGINS})`)
const noHeader = new RegExp(`^(?!${BEGINS}|${FAILURE}\\b)`)
const ofCrac = /CheckpointOpen(?:File|Socket|Resource)Exception: /

const brokenFrame: Break = { end: /^at [^\s()]{1,500}\([^()]{0,200}$/, next: /^[^()]{0,200}\)/ }

/** Ends that no line of a trace has by itself. */
const breaks: Break[] = [
  { end: /^at$/, next: /^[\w.$/@<>-]+\(/ },
  { end: /^(?:Suppressed|(?:Caused|Wrapped) by):$/, next: new RegExp(`^${FAILURE}(?::|$)`) },
  { end: /^(?:Caused|Wrapped)$/, next: /^by: / },
  { end: /^\.\.\.$/, next: /^\d{1,6} (?:more|common)\b/ },
  { end: /^\.\.\. \d{1,6}(?: common(?: frames)?)?$/, next: /^(?:more|common|frames|omitted)\b/ },
  { end: new RegExp(`(?:^|: )${FAILURE}:$`), next: noHeader },
  brokenFrame,
  {
    end: /: (?:This(?: file(?: descriptor(?: was(?: created)?)?)?)?)$/,
    next: /^(?:file|descriptor|was|created|by)\b/,
  },
  { end: /: This file descriptor was created by(?:(?! at epoch:\d+ here).){0,300}$/, next: anything },
  { end: /\bFD fd=\d{1,9}$/, next: /^type=/ },
  { end: /\bFD fd=\d{1,9} type=\w{1,20}$/, next: /^path=/ },
  {
    end: /: family=\w{1,20}(?: type=\w{1,20})?(?: localaddr=\w{0,200})?$/,
    next: /^(?:type|localaddr|remoteaddr)=/,
  },
  { end: /Exception: [^[\]]{0,300}\[(?:[^[\]]|\[[^[\]]{0,300}\]){0,2000}$/, next: anything },
  {
    end: /Exception: EPoll (?:Event )?FD \d{1,9} left open in(?:(?! registered keys\.$).){0,300}$/,
    next: anything,
  },
  { end: /Exception: Selector(?:(?! from channels:? ?\[).){0,300}$/, next: anything },
]

/** Narrower nobody wraps; a message that could be whole goes on only after a line that had no room for the next word. */
const NARROWEST = 56
/** What a quotation mark may add to some lines of a text. */
const MARKS = 4

/** Puts lines together again that were hard-wrapped: those that can't be whole, and, where such were met, messages. */
export class WrappedLines {
  private held: Part | null = null
  /** How far the part that came last reached. */
  private width = 0
  /** How far a line of several words has reached: there is room for as much on others. */
  private widest = NARROWEST
  /** Whose lines were seen to be wrapped: their messages may be, too. */
  private readonly wrapped = new Set<string>()

  /** Whether the next line may be the rest of this one, so that it must be looked at. */
  get isOpen(): boolean {
    return this.held !== null
  }

  /** Takes a line; gives those that are whole. */
  join(part: Part): Part[] {
    const held = this.held
    this.held = null
    const goesOn = held !== null && this.continues(held, part)
    const whole = goesOn ? joined(held, part) : part
    const before = held !== null && !goesOn ? [held] : []
    this.width = part.line.length
    if (part.text.includes(' ')) this.widest = Math.max(this.widest, this.width - MARKS)
    if (!this.mayGoOn(whole)) return [...before, whole]
    this.held = whole
    return before
  }

  /** What is left when the text has ended. */
  rest(): Part[] {
    const held = this.held
    this.held = null
    return held === null ? [] : [held]
  }

  private mayGoOn({ text, source }: Part): boolean {
    return isBroken(text) || (this.wrapped.has(source) && ofCrac.test(text))
  }

  private continues(held: Part, { text, source }: Part): boolean {
    if (source !== held.source) return false
    const broken = breaks.filter(({ end }) => end.test(held.text))
    if (broken.some(({ next }) => next.test(text))) {
      // Sources are few; of a text that makes up names none is worth the memory.
      if (this.wrapped.size < 64) this.wrapped.add(source)
      return true
    }
    const word = /^\S*/.exec(text)?.[0].length ?? 0
    return broken.length === 0 && noHeader.test(text) && this.width + 1 + word > this.widest
  }
}

/** Most lines are whole frames, which are asked first. */
function isBroken(text: string): boolean {
  if (text.startsWith('at ')) return !text.includes(')') && brokenFrame.end.test(text)
  return breaks.some(({ end }) => end.test(text))
}

function joined(held: Part, next: Part): Part {
  return { ...held, text: `${held.text} ${next.text}`, line: `${held.line.trimEnd()} ${next.text}` }
}
