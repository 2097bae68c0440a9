/** Options of the launcher whose value is a word of its own, as its source has them (java.base, `libjli/java.c`). */
const OPTIONS_WITH_VALUE = new Set([
  '-cp',
  '-classpath',
  '--class-path',
  '-p',
  '--module-path',
  '--upgrade-module-path',
  '--add-modules',
  '--limit-modules',
  '--add-exports',
  '--add-opens',
  '--add-reads',
  '--patch-module',
  '--enable-native-access',
  '--source',
])

/** What a `java` command runs, as its command line tells; null where that stands in a file of arguments. */
export interface Main {
  kind: 'jar' | 'module' | 'class'
  /** The jar's path, the module with or without a class, the class, or a source file. */
  name: string
}

/** Finds it among the launcher's arguments: behind its options. */
export function mainOf(words: string[]): Main | null {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    const next = words[i + 1]
    if (word === '-jar') return next === undefined ? null : { kind: 'jar', name: next }
    if (word === '-m' || word === '--module')
      return next === undefined ? null : { kind: 'module', name: next }
    if (word.startsWith('--module=')) return { kind: 'module', name: word.slice('--module='.length) }
    if (OPTIONS_WITH_VALUE.has(word)) i++
    else if (!/^[-@]/.test(word)) return word === '' ? null : { kind: 'class', name: word }
  }
  return null
}
