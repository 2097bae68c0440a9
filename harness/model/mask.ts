/**
 * Hides secrets by their names, before anything is made into a report: whatever an output shows, it has from there. What a
 * name does not tell can't be known.
 */
export type Mask = (text: string) => string

const MASKED = '****'
/** What is longer is seldom there twice. */
const LONGEST_KNOWN = 200

/** Words that a name of a secret has, alone or among others: `DB_PASSWORD`, `apiKey`, `spring.datasource.password`. */
const ANYWHERE =
  /passw(?:or)?d|passphrase|passcode|secret|credential|(?:private|api|access|auth|account|encryption|signing)[.-]?key|session-?id|amz-signature/
const AS_A_WORD =
  /(?:^|[._-])(?:(?:pwd|token|authorization|jwt|cookie)s?(?:[._-]|$)|(?:(?:store|key)?pass|auth)$)|^sig$/
/** Before a colon stands a class, a place, a word of a sentence: only the name's end tells. */
const AT_THE_END =
  /(?:passw(?:or)?d|passphrase|passcode|secret|credentials?|(?:private|api|access|account|encryption|signing)[.-]?key|session-?id|(?:^|[._-])(?:pwd|token))$/

/** `name=`, `"name": `, `name: `, `name => `; each word is looked at once, from its begin. */
const NAME = /(?<![\w.-])([\w.-]+)(["']?[ \t]{0,20}[=:]>?[ \t]{0,20})/g
/** A text in quotes, a list, a word. */
const VALUE = /\*{4}|"(?:[^"\\\n]|\\[^\n])*"|'[^'\n]*'|\[[^\]\n]*\]|(?:(?:Bearer|Basic) {1,3})?[^\s"'&;<>]+/y
/** `--name value` in a line that shows a command. */
const OPTION = /(?<![\w.-])(--?[\w.-]+)([ \t]{1,3})([^\s"'-][^\s"']*)/g
const COOKIE = /(?<![\w-])((?:set-)?cookie2?)([ \t]{0,3}[:=][ \t]{0,3})[^\n]+/gi
/** Whatever its scheme is; within quotes up to their end. */
const AUTHORIZATION =
  /(?<![\w-])((?:proxy-)?authorization["']?[ \t]{0,3}[:=][ \t]{0,3})("[^"\n]*|'[^'\n]*|[^\n"']+)/gi
/** Of a password that holds an `@` itself, too. */
const CREDENTIALS = /(?<![a-z\d+.-])([a-z][a-z\d+.-]{0,20}:\/\/[^\s/@:"']{0,200}:)([^\s/"']+)@/gi
/** A token alone, as forges take it. */
const USER_OF_WEB = /(?<![a-z\d+.-])(https?:\/\/)([^\s/@:"']{1,200})@/gi
const ORACLE = /(?<![\w:])(jdbc:oracle:\w{1,10}:[^\s/@"']{1,200}\/)([^\s/"']+)@/gi
const ELEMENT = /(<([\w.:-]{1,100})>)([^<>]+)(?=<\/)/g
const SCHEME = /(?<!\w)(Bearer|Basic) {1,3}[\w.~+/=-]{8,}/g
/** What tells by its own form: tokens of JWT, AWS, GitHub, GitLab and Slack. */
const TOKEN =
  /(?<![\w-])(?:eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*|A[KS]IA[A-Z\d]{16}|gh[a-z]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[a-z]-[\w-]{10,})(?![\w-])/g
const PRIVATE_KEY = /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[^-]+/g
/** Nothing is hidden in a text without any of these. */
const MAY_HOLD = /[=:<]|--?\w|Bearer|Basic|eyJ|A[KS]IA|gh[a-z]_|github_pat_/

/** Hides the values of names that are known for secrets, and of those that `names` adds; `*` in them stands for anything. */
export function maskOf(names: readonly string[] = []): Mask {
  const own = names.map(
    (name) => new RegExp(`^-{0,2}(?:D)?${name.split('*').map(literally).join('.*')}$`, 'i'),
  )
  const isOwn = (name: string): boolean => own.some((pattern) => pattern.test(name))
  const isSecret = (name: string, separator: string): boolean => {
    const plain = name
      .replace(/([a-z\d])(?=[A-Z])/g, '$1-')
      .toLowerCase()
      .replaceAll('_', '-')
    const known = separator.includes(':')
      ? AT_THE_END.test(plain)
      : ANYWHERE.test(plain) || AS_A_WORD.test(plain)
    return known || isOwn(name)
  }
  return (text) =>
    MAY_HOLD.test(text)
      ? pairs(text, isSecret)
          .replace(COOKIE, `$1$2${MASKED}`)
          .replace(AUTHORIZATION, (_, name: string, value: string) => name + opened(value))
          .replace(CREDENTIALS, `$1${MASKED}@`)
          .replace(USER_OF_WEB, `$1${MASKED}@`)
          .replace(ORACLE, `$1${MASKED}@`)
          .replace(ELEMENT, (whole, begin: string, name: string) =>
            isSecret(name, ':') ? begin + MASKED : whole,
          )
          .replace(OPTION, (whole, name: string, space: string) =>
            isSecret(name, ' ') ? name + space + MASKED : whole,
          )
          .replace(SCHEME, `$1 ${MASKED}`)
          .replace(TOKEN, MASKED)
          .replace(PRIVATE_KEY, `$1\n${MASKED}\n`)
      : text
}

/** Within the value of a name that is none of a secret there may be others. */
function pairs(text: string, isSecret: (name: string, separator: string) => boolean): string {
  let shown = ''
  let end = 0
  NAME.lastIndex = 0
  for (let found = NAME.exec(text); found !== null; found = NAME.exec(text)) {
    if (!isSecret(found[1] ?? '', found[2] ?? '')) continue
    VALUE.lastIndex = NAME.lastIndex
    const value = VALUE.exec(text)?.[0]
    if (value === undefined) continue
    shown += text.slice(end, NAME.lastIndex) + hidden(value)
    end = NAME.lastIndex = VALUE.lastIndex
  }
  return shown + text.slice(end)
}

const quoteOf = (value: string): string => /^["']/.exec(value)?.[0] ?? ''

/** Quotes stay, so that what stands around them reads as before. */
const hidden = (value: string): string => quoteOf(value) + MASKED + quoteOf(value)

/** The same where the last quote is not of the value. */
const opened = (value: string): string => quoteOf(value) + MASKED

const literally = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')

/**
 * A value with every text in it masked. In a list of words, such as a command, an option's value is the word after it. What
 * holds nothing to mask stays the same value, and what many share stays shared: thousands of findings may have one stack.
 */
export function masked<T>(value: T, mask: Mask): T {
  return walk(value, remembering(mask), new Map()) as T
}

/** Thousands of descriptors have the same few classes, threads and calls. */
function remembering(mask: Mask): Mask {
  const known = new Map<string, string>()
  return (text) => {
    if (text.length > LONGEST_KNOWN) return mask(text)
    let shown = known.get(text)
    if (shown === undefined) known.set(text, (shown = mask(text)))
    return shown
  }
}

function walk(value: unknown, mask: Mask, done: Map<object, unknown>): unknown {
  if (typeof value === 'string') return mask(value)
  if (typeof value !== 'object' || value === null) return value
  const known = done.get(value)
  if (known !== undefined) return known
  const made = copyOf(value, mask, done)
  done.set(value, made)
  return made
}

function copyOf(value: object, mask: Mask, done: Map<object, unknown>): object {
  if (Array.isArray(value)) {
    const list: unknown[] = value
    if (list.length === 0) return list
    const all = isWords(list) ? words(list, mask) : list.map((each) => walk(each, mask, done))
    return all.every((each, i) => each === list[i]) ? list : all
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  let copy: Record<string, unknown> | null = null
  for (const [key, each] of Object.entries(value)) {
    const shown = walk(each, mask, done)
    if (shown !== each) (copy ??= { ...value })[key] = shown
  }
  return copy ?? value
}

const isWords = (values: unknown[]): values is string[] => values.every((each) => typeof each === 'string')

/** A word is one value, whatever characters it holds. */
function words(values: string[], mask: Mask): string[] {
  return values.map((word, i) => {
    const before = values[i - 1]
    const asOption = before !== undefined && /^--?[\w.-]+$/.test(before) && !word.startsWith('-')
    if (asOption && mask(`${before} x`) === `${before} ${MASKED}`) return MASKED
    const [, name] = /^(-{0,2}[\w.-]+)=/.exec(word) ?? []
    return name !== undefined && mask(`${name}=x`) === `${name}=${MASKED}` ? `${name}=${MASKED}` : mask(word)
  })
}

/** Masks an error's message where it is, with those of the errors that it was made of. */
export function maskError<T>(error: T, mask: Mask): T {
  const seen = new Set<unknown>()
  for (let at: unknown = error; at instanceof Error && !seen.has(at); at = at.cause) {
    seen.add(at)
    // Some errors of the platform have getters for these.
    for (const key of ['message', 'stack'] as const) {
      const text = at[key] ?? ''
      const value = mask(text)
      if (value !== text) Reflect.defineProperty(at, key, { value, configurable: true, writable: true })
    }
  }
  return error
}
