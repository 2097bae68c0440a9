import type { EngineAnswer } from '../../checkpoint/engine.js'
import type { LedgerReading } from '../../ledger/ledger.js'

/**
 * The ledger of what was open in the image. A rehearsal's is read then; a CRaC JDK, which has ended with its image, has
 * printed the numbers of what its scan met, where it was told to.
 */
export function inImage(reading: LedgerReading, { engine, judgements }: EngineAnswer): LedgerReading {
  if (engine !== 'crac' || judgements.size === 0) return reading
  return { ...reading, entries: reading.entries.filter(({ fd }) => judgements.has(fd)) }
}
