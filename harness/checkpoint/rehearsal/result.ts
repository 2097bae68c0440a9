import { z } from 'zod'
import type { Finding } from '../../model/finding.js'
import {
  descriptorVerdicts,
  frameSchema,
  type Finding as ReportedFinding,
  type Restore,
} from '../../model/report.js'
import { restoreSchema } from '../../model/restoration.js'
import type { CracVersion, EngineAnswer } from '../engine.js'
import { findingAbout, toFinding } from '../output/exceptions/messages.js'
import { passageSchema } from './passage.js'
import { readSubject, subjectSchema } from './subject.js'

const findingsSchema = z.array(
  z.object({
    type: z.string(),
    message: z.string(),
    fd: z.number().int().nullable(),
    /** Null where only its text knows: what a Resource of the app has thrown. */
    subject: subjectSchema.nullable(),
    unknowable: z.boolean(),
    why: z.string().nullable(),
    thrownAt: z.array(frameSchema),
  }),
)

/** The file that the agent writes; `probes/rehearsal/README.md` describes it. */
export const resultSchema = z.object({
  outcome: z.enum(['passed', 'refused', 'error']),
  output: z.string(),
  timedOut: z.boolean(),
  findings: findingsSchema,
  descriptors: z.array(
    z.object({ fd: z.number().int(), verdict: z.enum(descriptorVerdicts), rule: z.string() }),
  ),
  restore: restoreSchema
    .extend({
      /** Whether a listening socket is among what is restored. */
      listens: z.boolean(),
      exceptions: z.array(
        z.object({
          type: z.string(),
          message: z.string(),
          causes: z.array(z.string()),
          frames: z.array(frameSchema),
        }),
      ),
    })
    .nullable(),
  passage: passageSchema.nullable(),
  jdk: z.object({ feature: z.number().int() }),
  notes: z.array(z.string()),
})
export type Result = z.infer<typeof resultSchema>

/** Whose rules are rehearsed, and on what. */
export interface Target {
  cracVersion: CracVersion
  /** The feature release of the app's JDK; null where nobody has asked yet: the agent knows it. */
  jdkFeature: number | null
}

/** What the agent found, in the printed order. */
export const findingsOf = (result: Result): Finding[] => result.findings.map(read)

function read({ type, message, fd, subject, unknowable, thrownAt }: Result['findings'][number]): Finding {
  const [name, text] = [simpleName(type), message.trim()]
  const about = subject === null ? null : readSubject(subject)
  const finding =
    about === null ? toFinding(name, text) : findingAbout(name, text, about.subject, about.address)
  return { ...finding, fd, unknowable, thrownAt }
}

/** The agent's word for what another thread closed when a CRaC JDK would have looked already. */
const CLOSED_LATE = 'closed after beforeCheckpoint had returned'

/** The numbers of descriptors that were closed too late: they are not in the table that was judged. */
export const closedLate = (judgements: EngineAnswer['judgements']): Set<number> =>
  new Set([...judgements].filter(([, { rule }]) => rule === CLOSED_LATE).map(([fd]) => fd))

type Judged = Pick<EngineAnswer, 'judgements' | 'findings'>

interface Table {
  entries: readonly { fd: number; kind: string }[]
}

/** The numbers that can have been closed since: judged to block, and not open now in a kind that a finding is about. */
export function gone({ judgements, findings }: Judged, now: Table): number[] {
  const kinds = new Set<string>(findings.map(({ resource }) => resource))
  const kindNow = new Map(now.entries.map(({ fd, kind }) => [fd, kind]))
  return [...judgements].flatMap(([fd, { verdict }]) =>
    verdict === 'blocked' && !kinds.has(kindNow.get(fd) ?? '') ? [fd] : [],
  )
}

/**
 * The numbers of descriptors that were closed between the judgement and the look at the table: none has the number by
 * then, or one of a kind that no finding is about.
 */
export function closedSince(answer: Judged, before: Table, now: Table): number[] {
  const kinds = new Set<string>(answer.findings.map(({ resource }) => resource))
  const suspects = new Set(gone(answer, now))
  return before.entries.filter(({ fd, kind }) => suspects.has(fd) && kinds.has(kind)).map(({ fd }) => fd)
}

/** What afterRestore threw, with its causes; its stack says whose line it was. */
export const afterRestoreOf = ({ restore }: Result): ReportedFinding[] =>
  (restore?.exceptions ?? []).map(({ type, message, causes, frames }) => ({
    type,
    message: [message, ...causes.map((cause) => `caused by ${cause}`)].filter(Boolean).join('; '),
    fd: null,
    resource: 'other',
    address: null,
    creationStack: frames,
    thrownAt: [],
    unknowable: false,
  }))

/** What came of the descriptors that resources had closed. */
export function restoreOf({ restore }: Result): Restore | null {
  if (restore === null) return null
  const { restored, missing, onUse, failures } = restore
  return { restored, missing, onUse, failures }
}

const simpleName = (className: string): string => className.replace(/^.*[.$]/, '')

/** What a reader must know to trust the answer; null where that is nothing. */
export function noteOf(result: Result, request: Target): string | null {
  const notes = [...result.notes, ...restoreNotes(result)]
  const here = request.jdkFeature ?? result.jdk.feature
  const target = request.cracVersion === '25' ? 25 : 21
  if (here !== target)
    notes.push(
      `The rules are those of CRaC ${request.cracVersion}, the objects those of JDK ${here}. Rehearse on JDK ${target} to be sure.`,
    )
  const doubts = new Set(result.findings.map(({ why }) => why).filter((why) => why !== null))
  for (const why of doubts) notes.push(`Some findings are unknowable on a stock JDK: ${why}.`)
  return notes.length === 0 ? null : notes.join(' ')
}

/** Nothing of this refuses a checkpoint, but the restored app would be a broken one. */
function restoreNotes({ restore }: Result): string[] {
  if (restore === null || restore.missing.length === 0) return []
  return [
    `After the restore some descriptors that resources had closed were not there again: restored: [${restore.restored.join(', ')}] missing: [${restore.missing.join(', ')}].`,
  ]
}
