import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { append } from '../model/lists.js'

/** A word of a file of arguments or a variable: white space outside of quotes ends it. */
const WORD = /(?:[^\s"']|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)+/gs

const QUOTED = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/gs

/** The words of JAVA_TOOL_OPTIONS or JDK_JAVA_OPTIONS, without their quotes. */
export const wordsOf = (text: string): string[] =>
  [...text.matchAll(WORD)].map(([word]) =>
    word.replace(QUOTED, (_, one: string) => unescaped(one.slice(1, -1))),
  )

/** Within quotes a line may go on, and what a backslash stands before is taken as it is. */
const unescaped = (text: string): string => text.replace(/\\\r?\n\s*/g, '').replace(/\\(.)/g, '$1')

/** Words with what stands in the files of arguments (`@FILE`) that they name, as the `java` launcher reads them. */
export async function withArgumentFiles(words: readonly string[], cwd: string): Promise<string[]> {
  const end = words.indexOf('--disable-@files')
  const all: string[] = []
  for (const [i, word] of words.entries()) {
    const [, file] = /^@([^@].*)$/s.exec(word) ?? []
    const isFile = file !== undefined && (end < 0 || i < end)
    // The launcher itself says what is wrong with a file that it can't read.
    const text = isFile ? await readFile(resolve(cwd, file), 'utf8').catch(() => null) : null
    if (text === null) all.push(word)
    else append(all, wordsOf(text.replace(/^[ \t]*#.*$/gm, '')))
  }
  return all
}
