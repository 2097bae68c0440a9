import { UsageError } from '../model/errors.js'
import { nearest } from '../model/text.js'
import { camelCase } from './options.js'

/** Stands before each value, so that the parser takes it for nothing else: no flag, no number, no empty word. */
const MARK = '\0'

/** What the parser knows of a command's options. */
export interface KnownOptions {
  /** Null where no command is named: then the command is what is missing. */
  names: readonly string[] | null
  takesText: (name: string) => boolean
}

/** `help check` is what others call `check --help`, and `help` alone `--help`. */
export const withoutHelpCommand = ([first, ...others]: readonly string[]): string[] =>
  first === 'help' ? [...others.slice(0, 1), '--help'] : [...(first === undefined ? [] : [first]), ...others]

/**
 * Puts the words of a command line into the one form that the parser can't misread: `--option=value`, whatever the value
 * begins with. What stands after `--` is the app's and stays; where a command of Java stands without it, it is put there.
 */
export function unmistakable(words: readonly string[], { names, takesText }: KnownOptions): string[] {
  const end = words.includes('--') ? words.indexOf('--') : words.length
  const clear: string[] = []
  for (let at = 0; at < end; at++) {
    const word = words[at] ?? ''
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) {
      if (isJavaCommand(word, words[at + 1], clear)) return [...clear, '--', ...words.slice(at)]
      clear.push(plainWord(word))
      continue
    }
    if (names?.every((each) => camelCase(each) !== camelCase(name))) throw unknownOption(name, names)
    if (!takesText(name)) clear.push(word)
    else if (value !== undefined) clear.push(`--${name}=${MARK}${value}`)
    else if (++at < end) clear.push(`--${name}=${MARK}${words[at] ?? ''}`)
    else throw new UsageError(`--${name} needs a value. Give it as the next word, or as --${name}=VALUE.`)
  }
  return [...clear, ...words.slice(end)]
}

/** The parser takes each letter after a single dash for a flag, and drops a lone dash, which names a standard stream. */
function plainWord(word: string): string {
  if (word === '-') return MARK + word
  if (!/^-./s.test(word) || word === '-h' || word === '-v') return word
  throw new UsageError(
    `There is no option "${word}". Options of the JVM stand after "--", like: -- java ${word} …, or in --jdk-option ${word}.`,
  )
}

/** The value as the user gave it. */
export const asGiven = (value: unknown): string => String(value).replace(MARK, '')

/** `check java -jar app.jar`: `java` as the first word after the command, and not the last, is no name of an app. */
function isJavaCommand(word: string, next: string | undefined, before: readonly string[]): boolean {
  const plain = before.filter((each) => !each.startsWith('-'))
  return (
    /^(?:.*\/)?java$/s.test(word) &&
    next !== undefined &&
    next !== '--' &&
    plain.length === 1 &&
    ['check', 'trace'].includes(plain[0] ?? '')
  )
}

function unknownOption(name: string, names: readonly string[]): UsageError {
  const meant = nearest(name, names)
  const hint = meant === null ? 'Run the command with --help to see its options.' : `Did you mean --${meant}?`
  return new UsageError(`There is no option --${name}. ${hint}`)
}

/** A word that stands where a command should. */
export function unknownCommand(word: string, commands: readonly string[]): UsageError {
  const meant = nearest(word, commands)
  const hint = meant === null ? '' : ` Did you mean "${meant}"?`
  return new UsageError(`There is no command "${word}".${hint} Use ${listed(commands)}.`)
}

/** `check, init or doctor` */
export const listed = (words: readonly string[]): string =>
  `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
