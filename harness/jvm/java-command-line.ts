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

/** Where the `java` of a command stands, be it behind what starts it (`nice -n 5 java …`); -1 where there is none. */
export const launcherAt = (command: readonly string[]): number =>
  command.findIndex((word) => /(?:^|\/)java$/.test(word))

/** What a `java` command runs, as its command line tells; null where that stands in a file of arguments. */
interface Main {
  kind: 'jar' | 'module' | 'class'
  /** The jar's path, the module with or without a class, the class, or a source file. */
  name: string
}

/** What the words of a `java` command say, the launcher itself aside. */
export interface JavaCommandLine {
  main: Main | null
  /** `java.class.path` as the launcher sets it; null where neither an option nor a jar says it. */
  classPath: string | null
}

const CLASS_PATH = new Set(['-cp', '-classpath', '--class-path'])

/** Reads the launcher's own arguments, up to what it runs: all that follows is the app's. */
export function parseJavaCommandLine(words: string[]): JavaCommandLine {
  let classPath: string | null = null
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    const next = words[i + 1]
    // A jar is the class path, whatever was said before.
    if (word === '-jar')
      return next === undefined
        ? { main: null, classPath }
        : { main: { kind: 'jar', name: next }, classPath: next }
    if (word === '-m' || word === '--module')
      return { main: next === undefined ? null : { kind: 'module', name: next }, classPath }
    if (word.startsWith('--module='))
      return { main: { kind: 'module', name: word.slice('--module='.length) }, classPath }
    if (CLASS_PATH.has(word)) classPath = next ?? classPath
    if (word.startsWith('--class-path=')) classPath = word.slice('--class-path='.length)
    if (OPTIONS_WITH_VALUE.has(word)) i++
    else if (!/^[-@]/.test(word))
      return { main: word === '' ? null : { kind: 'class', name: word }, classPath }
  }
  return { main: null, classPath }
}
