import { UsageError } from '../../model/errors.js'
import { appSchema, type AppEntry } from '../../services/schema.js'
import { all, camelCase, one, type RawOptions } from '../options.js'

/** Options whose key in a file is the same. */
const SINGLE = [
  'ready',
  'timeout',
  'checkpoint-timeout',
  'restore-budget',
  'engine',
  'crac-version',
  'trace',
  'main-class',
  'max-output',
  'cwd',
  'user',
  'network',
  'memory',
  'pull',
]
const FLAGS = ['restore', 'restore-once', 'boot-stacks', 'read-only', 'init']
/** Options that are repeated, and the list that they are in a file. */
const LISTS = {
  env: 'env',
  label: 'labels',
  'jdk-option': 'jdk-options',
  'warm-up': 'warm-up',
  mask: 'mask',
  bind: 'binds',
  tmpfs: 'tmpfs',
}

/** What the command line says of every app that is checked: it wins over the file. */
export function overridesOf(options: RawOptions): AppEntry {
  if (options.name !== undefined)
    throw new UsageError(
      '--name is for one app after "--". Apps of a file have the names that it gives them.',
    )
  if (options.port !== undefined)
    throw new UsageError('--port is for one app, with --image. In a file it is "ports", below its app.')
  const said = {
    ...Object.fromEntries(SINGLE.map((name) => [name, one(options, camelCase(name))])),
    ...Object.fromEntries(FLAGS.map((name) => [name, options[camelCase(name)] === true || undefined])),
    ...Object.fromEntries(
      Object.entries(LISTS).map(([option, key]) => {
        const given = all(options, camelCase(option))
        return [key, given.length > 0 ? given : undefined]
      }),
    ),
  }
  const read = appSchema.safeParse(
    Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
  )
  if (read.success) return read.data
  const [issue] = read.error.issues
  const name = String(issue?.path[0])
  const value = said[name as keyof typeof said] as unknown
  throw new UsageError(`--${name} can't be "${String(value)}": ${issue?.message ?? 'it is not known'}.`)
}
