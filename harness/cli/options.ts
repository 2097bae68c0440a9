import { stat } from 'node:fs/promises'
import type { AppSpec } from '../app/spec.js'
import { LONGEST_MS, parseReady } from '../app/ready-text.js'
import { UsageError } from '../model/errors.js'

/** Options as the parser gives them: every valued one as a list of texts. */
export type RawOptions = Record<string, string[] | boolean | undefined> & { '--'?: string[] }

/** Names standard input or output. */
export const STANDARD_STREAM = '-'

/** The last value of an option, as on every command line. */
export function one(options: RawOptions, name: string): string | undefined {
  const value = options[name]
  return Array.isArray(value) ? value.at(-1) : undefined
}

export function all(options: RawOptions, name: string): string[] {
  const value = options[name]
  return Array.isArray(value) ? value : []
}

/** One of a few words; the error names them. */
export function oneOf<T extends string>(
  options: RawOptions,
  name: string,
  words: readonly T[],
  otherwise: T,
): T {
  const value = one(options, camelCase(name)) ?? otherwise
  const word = words.find((each) => each === value)
  if (word === undefined)
    throw new UsageError(`--${name} can't be "${value}". Use one of ${words.join(', ')}.`)
  return word
}

/** A number of seconds, in whole milliseconds. */
export function seconds(options: RawOptions, name: string, otherwise: number): number {
  const value = one(options, camelCase(name))
  if (value === undefined) return otherwise * 1000
  const ms = Math.ceil(Number(value.replace(/s$/, '')) * 1000)
  if (!(ms > 0) || ms > LONGEST_MS)
    throw new UsageError(
      `--${name} can't be "${value}". Give a number of seconds greater than 0, like 90, and at most 24 days.`,
    )
  return ms
}

const UNITS: Partial<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A time with its unit, in milliseconds. */
export function parseTime(option: string, text: string): number {
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? []
  const ms = Number(number) * (UNITS[unit] ?? NaN)
  if (number === '' || !(ms > 0) || ms > LONGEST_MS)
    throw new UsageError(
      `--${option} can't be "${text}". Give a time of at most 24 days, like 500ms, 30s or 2m.`,
    )
  return ms
}

/** The name of an option as the parser gives it. */
export const camelCase = (name: string): string =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

/** The app that the command line describes. */
export async function appSpec(options: RawOptions): Promise<AppSpec> {
  const command = options['--'] ?? []
  const [image, kubernetes] = [one(options, 'image'), one(options, 'kubernetes')]
  if (image !== undefined && kubernetes !== undefined)
    throw new UsageError('--image and --kubernetes name two apps. Leave one of them out.')
  if (command.length === 0 && (image ?? kubernetes) === undefined)
    throw new UsageError(
      'There is no app to run. Give its command after "--", like: -- java -jar app.jar, name an image with --image, or a pod template with --kubernetes.',
    )
  const cwd = one(options, 'cwd')
  if (
    (image ?? kubernetes) === undefined &&
    cwd !== undefined &&
    !(await stat(cwd).catch(() => null))?.isDirectory()
  )
    throw new UsageError(`--cwd can't be "${cwd}": there is no such folder.`)
  const ready = one(options, 'ready')
  const name = one(options, 'name')
  const mainClass = one(options, 'mainClass')
  const maxOutput = one(options, 'maxOutput')
  const where = whereOf(command, { image, kubernetes }, options)
  return {
    ...where,
    ...(mainClass !== undefined && { mainClass }),
    ...(name !== undefined && { name }),
    ...(cwd !== undefined && { cwd }),
    env: Object.fromEntries(all(options, 'env').map((text) => parsePair('env', text))),
    jdkOptions: all(options, 'jdkOption'),
    ...(ready !== undefined && { ready: parseReady(ready) }),
    timeoutMs: seconds(options, 'timeout', 60),
    mask: all(options, 'mask'),
    ...(maxOutput !== undefined && { maxOutputBytes: parseMaxOutput(maxOutput) }),
  }
}

/** A process of this machine, a container, or a pod; what is for another of them is refused. */
function whereOf(
  command: string[],
  { image, kubernetes }: Record<'image' | 'kubernetes', string | undefined>,
  options: RawOptions,
) {
  if (kubernetes === undefined) refuse(options, POD_OPTIONS, 'needs --kubernetes: it is for an app in a pod.')
  if (image !== undefined) return containerOptions(image, command, options)
  refuse(
    options,
    kubernetes === undefined ? CONTAINER_OPTIONS : CONTAINER_OPTIONS.filter((name) => name !== 'port'),
    kubernetes === undefined
      ? 'needs --image: it is for an app in a container.'
      : 'is for --image. What a pod has stands in its template.',
  )
  return kubernetes === undefined ? { command } : podOptions(kubernetes, command, options)
}

const POD_OPTIONS = ['container', 'namespace', 'context']

const CONTAINER_OPTIONS = [
  'port',
  'user',
  'bind',
  'tmpfs',
  'network',
  'label',
  'readOnly',
  'init',
  'memory',
  'pull',
]

function refuse(options: RawOptions, names: string[], why: string): void {
  const given = names.find((name) => options[name] !== undefined)
  if (given !== undefined) throw new UsageError(`--${given.replace(/[A-Z]/, '-$&').toLowerCase()} ${why}`)
}

function podOptions(kubernetes: string, command: string[], options: RawOptions) {
  const [container, namespace, context] = POD_OPTIONS.map((name) => one(options, name))
  return {
    kubernetes,
    ...(command.length > 0 && { command }),
    ...(container !== undefined && { container }),
    ...(namespace !== undefined && { namespace }),
    ...(context !== undefined && { context }),
    ports: all(options, 'port').map(parsePort),
  }
}

function containerOptions(image: string, command: string[], options: RawOptions) {
  const [user, network, memory] = [one(options, 'user'), one(options, 'network'), one(options, 'memory')]
  return {
    image,
    ...(command.length > 0 && { command }),
    ports: all(options, 'port').map(parsePort),
    binds: all(options, 'bind').map(parseBind),
    tmpfs: Object.fromEntries(
      all(options, 'tmpfs').map((text) => [text.split(':')[0] ?? '', text.split(':')[1] ?? '']),
    ),
    labels: Object.fromEntries(all(options, 'label').map((text) => parsePair('label', text))),
    ...(user !== undefined && { user }),
    ...(network !== undefined && { network }),
    ...(memory !== undefined && { memory: parseMemory(memory) }),
    ...(options.readOnly === true && { readOnly: true }),
    ...(options.init === true && { init: true }),
    pullPolicy: oneOf(options, 'pull', ['missing', 'always'] as const, 'missing'),
  }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new UsageError(`--port can't be "${text}". Give a port of the container, 1..65535.`)
  return port
}

function parseBind(text: string): { source: string; target: string; mode: 'ro' | 'rw' } {
  const [, source, target, mode = 'rw'] = /^(\/.*):(\/[^:]*)(?::(ro|rw))?$/s.exec(text) ?? []
  if (source === undefined || target === undefined)
    throw new UsageError(`--bind can't be "${text}". Give absolute paths: /HOST/FOLDER:/FOLDER[:ro].`)
  return { source, target, mode: mode === 'ro' ? 'ro' : 'rw' }
}

const MEMORY_UNITS: Partial<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }

function parseBytes(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)([kmg]?)$/.exec(text) ?? []
  return Number(number) * (MEMORY_UNITS[unit] ?? NaN)
}

function parseMaxOutput(text: string): number {
  const bytes = parseBytes(text)
  if (!(bytes >= 4096))
    throw new UsageError(`--max-output can't be "${text}". Give at least 4k, like 512k or 16m.`)
  return bytes
}

function parseMemory(text: string): number {
  const bytes = parseBytes(text)
  if (!(bytes >= 6 * 2 ** 20))
    throw new UsageError(`--memory can't be "${text}". Give at least 6m, like 512m or 2g.`)
  return bytes
}

function parsePair(option: string, text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError(`--${option} can't be "${text}". Give NAME=VALUE.`)
  return [text.slice(0, at), text.slice(at + 1)]
}
