import { resolve } from 'node:path'
import type { AppSpec } from '../app/spec.js'

const PATH_OPTIONS = new Set(['-cp', '-classpath', '--class-path', '-p', '--module-path'])

/** The jars that an app's command names: when one is built again, its tests are to run again. */
export function jarsOf(spec: Pick<AppSpec, 'cwd'> & { command?: readonly string[] }): string[] {
  const { command = [], cwd = '' } = spec
  const named = command.flatMap((word, i) => {
    const before = command[i - 1] ?? ''
    if (before === '-jar') return [word]
    return PATH_OPTIONS.has(before) ? word.split(':') : []
  })
  return named.filter((path) => path.endsWith('.jar')).map((path) => resolve(cwd, path))
}
