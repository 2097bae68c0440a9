import { UsageError } from '../model/errors.js'

/** Stands before each value, so that the parser takes it for nothing else: no flag, no number, no empty word. */
const MARK = '\0'

/**
 * Puts the words of a command line into the one form that the parser can't misread: `--option=value`, whatever the value
 * begins with. `takesText` says which options have one. What stands after `--` is the app's and stays.
 */
export function unmistakable(words: readonly string[], takesText: (name: string) => boolean): string[] {
  const end = words.includes('--') ? words.indexOf('--') : words.length
  const clear: string[] = []
  for (let at = 0; at < end; at++) {
    const word = words[at] ?? ''
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) clear.push(plainWord(word))
    else if (!takesText(name)) clear.push(word)
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
