import type { ClassIndex, ClassOrigin } from '../../harness/blockers/classes/classes.js'
import { isJdkName } from '../../harness/model/class-names.js'
import { toFinding } from '../../harness/checkpoint/output/exceptions/messages.js'
import { targetOfLink, type Entry, type Target } from '../../harness/model/target.js'
import { toBlockers } from '../../harness/blockers/blockers.js'
import { endpoint } from '../../harness/model/endpoint.js'
import { toBlocker, type Finding } from '../../harness/model/finding.js'
import type { Blocker, Frame, LedgerEntry, Origin } from '../../harness/model/report.js'

/** `com.acme.Pool.open:42` → a frame; innermost first. */
export function stack(...frames: string[]): Frame[] {
  return frames.map((text) => {
    const [, className = '', method = '', line] = /^(.*)\.([^.:]+)(?::(\d+))?$/.exec(text) ?? []
    return { class: className, method, file: null, line: line === undefined ? null : Number(line) }
  })
}

export function origin(frames: string[], more: Partial<Origin> = {}): Origin {
  return { atMs: 1, thread: 'main', tid: 7, syscall: null, java: stack(...frames), native: [], ...more }
}

export function entry(
  fd: number,
  kind: Entry['kind'],
  text: string,
  made: string[] = [],
  { peer = null, ...more }: Partial<Entry> & { peer?: string | null } = {},
): Entry {
  const target = toTarget(text, peer)
  const unlinked = { peerHolders: [], listener: null, watches: [] }
  const none = { ...unlinked, bound: null, listened: null, connected: null, missing: null }
  return { fd, kind, target, origin: made.length === 0 ? null : origin(made), ...none, ...more }
}

/** An entry as a report keeps it, read back. */
export const toEntry = ({ target, peer, ...more }: LedgerEntry): Entry => ({
  ...more,
  target: toTarget(target, peer),
})

/** A report's words for a target, read back. */
export function toTarget(text: string, peer: string | null = null): Target {
  const [, is, name = '', listening] = /^(tcp|udp|unix) (.*?)( listening)?$/.exec(text) ?? []
  if (is === undefined) return text.startsWith('socket,') ? { is: 'socket', inode: null } : targetOfLink(text)
  if (is === 'unix')
    return { is, name: name === 'unnamed' ? null : name, peer, listening: listening !== undefined }
  const local = endpoint(name) ?? { host: null, port: 0, name: null }
  return {
    is: is === 'tcp' ? 'tcp' : 'udp',
    local,
    remote: endpoint(peer),
    listening: listening !== undefined,
  }
}

/** A finding as the parser gives it. */
export function finding(type: string | null, message: string, more: Partial<Finding> = {}): Finding {
  return { ...toFinding(type, message), ...more }
}

export const file = (path: string, more: Partial<Finding> = {}) =>
  finding('CheckpointOpenFileException', path, more)
export const socket = (text: string, more: Partial<Finding> = {}) =>
  finding('CheckpointOpenSocketException', text, more)
export const resource = (text: string) => finding('CheckpointOpenResourceException', text)
export const native = (fd: number, type: string, path: string) =>
  finding(
    `CheckpointOpen${type === 'socket' ? 'Socket' : type === 'regular' || type === 'directory' ? 'File' : 'Resource'}Exception`,
    `FD fd=${fd} type=${type} path=${path}`,
  )

/** An index that knows the JDK by its packages and takes everything else for the app's; the real one has its own tests. */
export const index: ClassIndex = {
  find(className) {
    const jdk = isJdkName(className)
    const jar = className.startsWith('com.acme.pool') ? 'pool-1.2.jar' : 'classes/'
    const found: ClassOrigin = { jdk, module: null, jar: jdk ? null : jar, artifact: null, sourceFile: null }
    return Promise.resolve(found)
  },
}

/** The same for an app without the classes whose names begin so. */
export const without = (...packages: string[]): ClassIndex => ({
  find: (name) =>
    packages.some((start) => name.startsWith(start)) ? Promise.resolve(null) : index.find(name),
})

export function blockersOf(
  findings: Finding[],
  ledger: Entry[] = [],
  cracVersion: string | null = '25',
  classes: ClassIndex = index,
): Promise<Blocker[]> {
  return toBlockers({ findings, ledger, index: classes, cracVersion }).then((found) => found.map(toBlocker))
}

/** What most tests look at: one line for each blocker. */
export const lines = (blockers: Blocker[]): string[] =>
  blockers.map(({ id, summary, descriptors }) => `${id} | ${summary} | ${descriptors.join(' ')}`)
