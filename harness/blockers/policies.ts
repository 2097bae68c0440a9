import { isTooWide, stableParts } from './stable-parts.js'

/** The facts that a policy rule can name: nothing in it is guessed, and a rule that lacks one is not proposed. */
export interface PolicyFacts {
  /** As the app gave them to the JDK, which compares them so. */
  paths: string[]
  localPort: number | null
  remotePorts: number[]
  /** Whether a socket of the app itself has this port. */
  isOwnPort: (port: number) => boolean
}

/** Shapes of rules for `-Djdk.crac.resource-policies`: `type: …` lines, `---` between rules; line based, not YAML. */
export const policyShapes = [
  'file-reopen',
  'file-ignore',
  'file-close',
  'socket-close',
  'listening-reopen',
  'datagram-close',
  'pipe-close',
] as const
export type PolicyShape = (typeof policyShapes)[number]

const MOST_RULES = 10
/** Linux hands out local ports from here by default: such a port is another one on the next run. */
const FIRST_EPHEMERAL_PORT = 32768

/** The policy's text, without what changes from run to run; null where a fact that its rule needs is not known. */
export function policyText(shape: PolicyShape, facts: PolicyFacts): string | null {
  switch (shape) {
    case 'file-reopen':
      return rules(facts.paths.map((path) => fileRule(path, 'reopen')))
    case 'file-ignore':
      return rules(facts.paths.map((path) => fileRule(path, 'ignore')))
    case 'file-close':
      return rules(facts.paths.map((path) => fileRule(path, 'close')))
    case 'socket-close':
      return rules(
        facts.remotePorts.map((port) =>
          port < FIRST_EPHEMERAL_PORT || (isClient(facts) && !facts.isOwnPort(port))
            ? ['type: socket', `remotePort: ${port}`, 'action: close']
            : null,
        ),
      )
    case 'listening-reopen': {
      const port =
        facts.localPort !== null && facts.localPort < FIRST_EPHEMERAL_PORT
          ? [`localPort: ${facts.localPort}`]
          : []
      return rules([['type: socket', 'listening: true', ...port, 'action: reopen']])
    }
    case 'datagram-close':
      return rules([['type: filedescriptor', 'regex: .*type=SOCK_DGRAM.*', 'action: close']])
    case 'pipe-close':
      return rules([['type: pipe', 'action: close']])
  }
}

/**
 * A server has one local port for all of them; a client's is handed out, and its remote port lasts, unless it is that of a
 * listener of the app's own, which was handed out, too.
 */
const isClient = ({ localPort }: PolicyFacts): boolean =>
  localPort === null || localPort >= FIRST_EPHEMERAL_PORT

function rules(all: (string[] | null)[]): string | null {
  const texts = [...new Set(all.map((lines) => lines?.join('\n') ?? null))]
  const known = texts.filter((text) => text !== null)
  return known.length === 0 || known.length < texts.length || known.length > MOST_RULES
    ? null
    : known.join('\n---\n')
}

function fileRule(path: string, action: string): string[] | null {
  // The file is read line by line and values are trimmed: such a path can't be written in it.
  if (path === '' || /[\r\n]/.test(path) || path !== path.trim()) return null
  const parts = stableParts(path)
  if (parts.length > 1 && parts.slice(1).every((part) => part === '') && isTooWide(parts[0] ?? ''))
    return null
  const glob = parts.map((part) => part.replace(/[\\*?[\]{}]/g, '\\$&')).join('*')
  // The pattern's own sign for any character: what can't be seen must reach no terminal, and some of it ends a line.
  return [
    'type: file',
    `path: ${glob.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu, '?')}`,
    `action: ${action}`,
  ]
}

/** Prefixes for the option that allows open files; null where a path has none that lasts, or that can be written in it. */
export function allowedPrefixes(paths: string[]): string | null {
  const prefixes = [...new Set(paths.map((path) => stableParts(path.replace(/ \(deleted\)$/, ''))[0] ?? ''))]
  const canBeNamed = (prefix: string): boolean => !isTooWide(prefix) && !/[\p{C}\p{Zl}\p{Zp},]/u.test(prefix)
  return prefixes.length > 0 && prefixes.length <= MOST_RULES && prefixes.every(canBeNamed)
    ? prefixes.join(',')
    : null
}
