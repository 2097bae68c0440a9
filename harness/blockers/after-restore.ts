import { type Blocker, type Finding, type Frame } from '../model/report.js'
import type { ClassIndex } from './classes/classes.js'
import { stableClass } from './identity.js'
import { ownerFrame, ownerOf } from './owner.js'

const THROWS =
  'The checkpoint passes, and the restored app lacks what this afterRestore was to bring back. Make it succeed where the app is restored: there the network, the files and the time are others than before. What may fail for a while is to be tried again on a thread of its own.'
const SILENT =
  'The checkpoint passes, and the restored app no longer answers. Look at what beforeCheckpoint has stopped and afterRestore does not start again, or starts in the state in which it was stopped (a flag "shutting down", a closed pool), and undo that in afterRestore.'

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
        summary: finding.type === null ? 'the app no longer answers' : `afterRestore throws ${finding.type}`,
        findings: [finding],
        descriptors: [],
        owner: await ownerOf(finding.creationStack, index),
        remedy: { text: finding.type === null ? SILENT : THROWS, policy: null },
      })
  }
  return [...blockers.values()]
}

function idOf({ type }: Finding, frame: Frame | null): string {
  if (frame !== null) return `after-restore:${stableClass(frame.class)}.${frame.method}`
  return `after-restore:${type ?? 'answer'}`
}
