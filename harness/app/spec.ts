import type { Ready } from './ready.js'

/** What to run and when it counts as ready: the configured app, of which nothing has started. */
export interface AppSpec {
  /** A local process: the `java` launcher with its arguments, or a script that ends up running one JVM. */
  command: string[]
  /** The name that the report and the test cases carry; by default the jar or main class. */
  name?: string
  cwd?: string
  /** Added to the harness's own environment. */
  env?: Record<string, string>
  /** JVM options, put before the app's own. */
  jdkOptions?: string[]
  ready?: Ready
  /** How long the app may take to be ready, in milliseconds; 60,000 by default. */
  timeoutMs?: number
}

const OPTIONS_WITH_VALUE = new Set([
  '-cp',
  '-classpath',
  '--class-path',
  '-p',
  '--module-path',
  '--add-modules',
])

/** The scenario's name where the user gave none: the jar's name without its version, or the main class's. */
export function defaultName(command: string[]): string {
  const [, ...words] = command
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    if (word === '-jar') return baseName(words[i + 1] ?? 'app').replace(/(-\d[\w.-]*)?\.jar$/, '')
    if (word === '-m' || word === '--module') return words[i + 1] ?? 'app'
    if (OPTIONS_WITH_VALUE.has(word)) i++
    else if (!word.startsWith('-')) return baseName(word)
  }
  return baseName(command[0] ?? 'app')
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
