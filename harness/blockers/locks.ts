import type { Finding } from '../model/finding.js'
import { describe, type Entry } from '../model/target.js'

/** The rehearsal's words for a file that stays open and is the engine's to dump. */
const LEFT_TO_ENGINE = ['a file policy leaves it to the engine', 'allowed in -XX:CRaCAllowedOpenFilePrefixes']

/** Locked files that the JVM lets through: CRIU then refuses them, which no rehearsal of the JVM's own rules sees. */
export function lockFindings(
  ledger: Entry[],
  judgements: Map<number, { rule: string }>,
  jvmArguments: string,
): Finding[] {
  if (hasOtherEngine(jvmArguments)) return []
  return ledger
    .filter(({ fd, locked }) => locked && LEFT_TO_ENGINE.includes(judgements.get(fd)?.rule ?? ''))
    .map(({ fd, target }) => findingOf(fd, describe(target)))
}

/** Whether the JVM was given an engine that is not CRIU: warp, say. It goes by the last one. */
function hasOtherEngine(jvmArguments: string): boolean {
  const engine = [...jvmArguments.matchAll(/(?:^|\s)-XX:CR(?:aC)?Engine=([^\s,]+)/g)].at(-1)?.[1]
  return engine !== undefined && !/(?:^|\/)criu[^/]*$/.test(engine)
}

/** The descriptor alone is known: by which path the app opened it, which a policy would have to name, is not. */
function findingOf(fd: number, path: string): Finding {
  const message = `fd ${fd} ${path}: left to the engine while a lock is held on it, which CRIU refuses`
  const ends = { local: null, remote: null }
  return {
    type: null,
    message,
    fd,
    resource: 'file',
    address: null,
    creationStack: [],
    thrownAt: [],
    unknowable: false,
    subject: {
      is: 'bare',
      fd,
      type: 'regular',
      path,
      ends,
      protocol: null,
      words: 'policies',
      name: message,
      owner: null,
      once: true,
    },
  }
}
