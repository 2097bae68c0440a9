import { type Blocker, type Finding, type Frame } from '../model/report.js'
import { observed } from '../model/finding.js'
import type { Restoration } from '../model/restoration.js'
import type { ClassIndex } from './classes/classes.js'
import { stableClass } from './identity.js'
import { oneLine } from '../model/text.js'
import { reopens } from '../model/class-names.js'
import { ownerFrame, ownerOf } from './owner.js'
import { FAILED_POLICY, isSocketReopen } from './failed-policies.js'

const POLICIES = 'https://github.com/CRaC/docs/blob/master/fd-policies.md'
const THROWS =
  'The checkpoint passes, and the restored app lacks what this afterRestore was to bring back. Make it succeed where the app is restored: there the network, the files and the time are others than before. What may fail for a while is to be tried again on a thread of its own.'
const SILENT =
  'The checkpoint passes, and the restored app no longer answers. Look at what beforeCheckpoint has stopped and afterRestore does not start again, or starts in the state in which it was stopped (a flag "shutting down", a closed pool), and undo that in afterRestore.'

const LOST =
  'The image was written, and the app could not be brought back from it. What the engine printed says why: a file that was cut or removed meanwhile, a port or a pid that somebody else has, another build of a library. What the app finds at its restore must be as it was at its checkpoint.'

const SLOW =
  'It counts from the start of the engine until the last afterRestore has run. Make the image smaller (a smaller heap before the checkpoint, fewer caches), start what nobody waits for on a thread of its own, or raise --restore-budget.'

/** What goes wrong after the restore, as blockers: nothing of it refuses a checkpoint, and the app would be a broken one. */
export async function afterRestoreBlockers(
  findings: readonly Finding[],
  index: ClassIndex,
): Promise<Blocker[]> {
  const blockers = new Map<string, Blocker>()
  for (const finding of findings) {
    const frame = await ownerFrame(finding.creationStack, index)
    const id = idOf(finding, frame)
    const known = blockers.get(id)
    if (known) known.findings.push(finding)
    else
      blockers.set(id, {
        id,
        kind: 'after-restore',
        ...told(finding, frame),
        findings: [finding],
        descriptors: [],
        owner: await ownerOf(finding.creationStack, index),
      })
  }
  return [...blockers.values()]
}

/** A restore that took longer than it may. */
export function overBudget(restoration: Restoration | null): Blocker[] {
  const { restoreMs = null, budgetMs = null } = restoration ?? {}
  if (restoreMs === null || budgetMs === null || restoreMs <= budgetMs) return []
  const said = `the restore took ${restoreMs} ms, and its budget is ${budgetMs} ms`
  return [
    {
      id: 'after-restore:budget',
      kind: 'after-restore',
      summary: said,
      findings: [observed(said)],
      descriptors: [],
      owner: null,
      remedy: { text: SLOW, policy: null },
    },
  ]
}

function told(
  { type, message, resource, creationStack }: Finding,
  owner: Frame | null,
): Pick<Blocker, 'summary' | 'remedy'> {
  if (type !== null && owner === null && isOfPolicy(type, message, creationStack))
    return {
      summary: `a policy could not reopen what it had closed: ${type}${message === '' ? '' : `: ${oneLine(message)}`}`,
      remedy: {
        text: `${isSocketReopen(message) ? FAILED_POLICY.socketReopen : FAILED_POLICY.reopen} See ${POLICIES}`,
        policy: null,
      },
    }
  if (type !== null) return { summary: `afterRestore throws ${type}`, remedy: { text: THROWS, policy: null } }
  return resource === 'native'
    ? { summary: 'the app could not be restored', remedy: { text: LOST, policy: null } }
    : { summary: 'the app no longer answers', remedy: { text: SILENT, policy: null } }
}

/** Of the JDK's own resources those throw that reopen what a policy has closed; a rehearsal says so without a stack. */
const isOfPolicy = (type: string, message: string, stack: Frame[]): boolean =>
  stack.some(reopens) ||
  isSocketReopen(message) ||
  (stack.length === 0 && type.endsWith('UnsupportedOperationException'))

function idOf({ type, resource }: Finding, frame: Frame | null): string {
  if (frame !== null) return `after-restore:${stableClass(frame.class)}.${frame.method}`
  return `after-restore:${type ?? (resource === 'native' ? 'image' : 'answer')}`
}
