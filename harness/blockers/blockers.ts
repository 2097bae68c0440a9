import type { Finding, FoundBlocker } from '../model/finding.js'
import type { Frame, Owner } from '../model/report.js'
import type { Entry } from '../model/target.js'

import { groupCauses, type Cause } from './causes/causes.js'
import type { ClassIndex } from './classes/classes.js'
import { idOf, numberIds } from './identity.js'
import { joinFindings, type JoinedFinding } from './join.js'
import { byOwnerLine, together } from './one-line.js'
import { ownerFrame, ownerOf } from './owner.js'
import { frameworksOf } from './remedies/frameworks.js'
import { remedyOf } from './remedies/remedies.js'
import { unrepeated } from './deduplicate.js'
import { siteKey } from './causes/stacks.js'
import { summaryOf } from './causes/summaries.js'
import { withoutNumbers } from './causes/targets.js'

export interface BlockersInput {
  findings: Finding[]
  ledger: Entry[]
  index: ClassIndex
  /** Whose rules decided: `21.0.4`, `21` or `25`; null for a real CRaC JDK of unknown state. */
  cracVersion: string | null
  /** The flags of the JVM that decided, where it was asked for them. */
  flags?: ReadonlySet<string> | null
}

/** Turns findings into blockers: joined with their descriptors, one per cause and line, with owner and remedy. */
export async function toBlockers({
  findings,
  ledger,
  index,
  cracVersion,
  flags = null,
}: BlockersInput): Promise<FoundBlocker[]> {
  const causes = groupCauses(joinFindings(unrepeated(findings), ledger))
  const frameworks = await frameworksOf(
    index,
    causes.flatMap(({ stacks }) => stacks),
  )
  const toBlocker = (cause: Cause, { frame, owner }: Blame): FoundBlocker => ({
    id: idOf(cause, frame),
    kind: cause.kind,
    summary: summaryOf(cause),
    findings: cause.joined.map(withoutNoise),
    descriptors: descriptorsOf(cause),
    owner,
    // Where the owner's jar is not found, the class path can't be read.
    remedy: remedyOf(cause, cracVersion, {
      causes,
      frameworks: owner?.jar ? frameworks : null,
      flags,
      ledger,
    }),
  })
  const made = await Promise.all(
    causes.map(async (cause) => {
      const blamed = await blame(cause, index)
      const blocker = toBlocker(cause, blamed)
      return { cause, ...blamed, blocker, order: orderOf(blocker, cause) }
    }),
  )
  made.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0))
  const blockers = byOwnerLine(made).map(([first, ...others]) =>
    others.length === 0
      ? first.blocker
      : toBlocker(together([first.cause, ...others.map(({ cause }) => cause)]), first),
  )
  return numberIds(blockers)
}

/** The JVM prints a port for sockets of every family; where the ledger knows better, the answer leaves it out. */
function withoutNoise({ finding, entries }: JoinedFinding): Finding {
  const { subject } = finding
  const isNoise = subject.is === 'descriptor' && entries.some(({ target }) => target.is === 'unix')
  return isNoise ? { ...finding, message: subject.plain } : finding
}

interface Blame {
  frame: Frame | null
  owner: Owner | null
}

/** The best stack may be all JDK where the next one is not: a listener's bind is the app's, its accept thread's is not. */
async function blame(cause: Cause, index: ClassIndex): Promise<Blame> {
  const asker = cause.kind === 'listening-socket' && cause.asker ? [cause.asker] : []
  for (const stack of [...asker, ...cause.stacks]) {
    const frame = await ownerFrame(stack, index)
    if (frame !== null) return { frame, owner: await ownerOf(stack, index) }
  }
  return { frame: null, owner: null }
}

/** Numbers that the findings name and those that the ledger joined; never one of several that could be meant. */
function descriptorsOf({ entries, joined }: Cause): number[] {
  const told = joined.flatMap(({ finding }) => finding.fd ?? [])
  return [...new Set([...entries.map(({ fd }) => fd), ...told])].sort((a, b) => a - b)
}

/** Blockers with an owner come first; then by what stays the same from run to run, and only at last by numbers. */
function orderOf(blocker: FoundBlocker, cause: Cause): string {
  const known = blocker.owner === null ? 1 : 0
  const site = siteKey(cause.stacks[0] ?? [])
  return JSON.stringify([
    known,
    blocker.id,
    site,
    withoutNumbers(blocker.summary),
    blocker.summary,
    blocker.descriptors,
  ])
}
