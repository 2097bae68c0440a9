import { closedLate, closedSince } from '../checkpoint/rehearsal/result.js'
import { withClosed } from '../ledger/closed-late.js'
import type { Capture, LedgerReading, QuietLedger } from '../ledger/ledger.js'
import type { CheckpointedApp } from './checkpointed-app.js'

/** The reading with what was closed too late, or just after it was judged, as it was before. */
export async function withLate(
  { answer, reading }: Pick<CheckpointedApp, 'answer' | 'reading'>,
  before: Capture | null,
  quiet: QuietLedger,
): Promise<LedgerReading> {
  if (before === null || answer.outcome === 'passed') return reading
  const earlier = await quiet.read(before)
  const gone = new Set([...closedLate(answer.judgements), ...closedSince(answer, earlier, reading)])
  return gone.size === 0 ? reading : withClosed(reading, earlier, gone)
}
