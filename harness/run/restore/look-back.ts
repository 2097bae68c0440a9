import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineAnswer } from '../../checkpoint/engine.js'
import type { Passage } from '../../checkpoint/rehearsal/passage.js'
import { observed } from '../../model/finding.js'
import type { Restoration } from '../../model/restoration.js'
import type { ClassIndex } from '../../blockers/classes/classes.js'
import type { StartTimes } from '../requests/start-times.js'
import type { CheckpointedApp, ReportedApp } from '../checkpointed-app.js'
import { repeatedCookies } from './differences/cookies.js'
import { connectionDifferences, descriptorDifferences, type Ledgers } from './differences/descriptors.js'
import { jvmDifferences, repeatedRandoms } from './differences/jvm.js'
import { placeDifferences } from './differences/place.js'
import { readImage } from './image-contents.js'
import type { Restoring } from './restoring.js'
import type { Secret } from './secrets.js'

/** One that answers with errors is asked for some seconds. */
const PATIENCE_MS = 15_000

/** What can be seen while the app is there to be looked at. */
export interface Seen {
  ledgers: Ledgers
  secrets: readonly Secret[]
  index: ClassIndex
  coldStart: StartTimes
  /** Asks it what it was asked before; why it doesn't answer, or null. */
  ask: () => Promise<string | null>
}

/**
 * Looks at what a restore was: the numbers, what is different, what is in the image. It is called when the app has answered,
 * so that it takes nothing of the time that is measured; the image is restored a second time meanwhile.
 */
export async function lookBack<App extends ReportedApp>(
  checkpointed: CheckpointedApp<App>,
  restoring: Restoring,
  see: () => Promise<Seen>,
): Promise<CheckpointedApp<App>> {
  const { answer, restoration } = checkpointed
  const { image, start } = restoring
  if (restoration?.verdict !== 'restored' || image === null || start === null) return checkpointed
  const restored = start.numbers
  const cookies = new Set(start.cookies)
  const { ledgers, secrets, index, coldStart, ask } = await see()
  const reading = readImage(image.place.here, secrets, restoring.signal)
  reading.catch(() => undefined)
  const again = restoring.twice ? await restoring.again(image) : null
  // One that has failed the first time is known to be broken.
  const asks = again !== null && typeof again !== 'string' && answer.afterRestore.length === 0
  const silent = asks ? await inTime(ask(), Math.max(image.limit, PATIENCE_MS)) : null
  const contents = await reading
  const { passage = null } = answer
  const differences = [
    ...(await descriptorDifferences(ledgers, answer.restore?.onUse ?? [], index)),
    ...(await connectionDifferences(ledgers, index)),
    ...(passage === null ? [] : jvmDifferences(passage)),
    ...placeDifferences(image.places),
    ...repeatedRandoms(passage?.randoms ?? [], passageOf(again)?.randoms ?? []),
    ...(again === null ? [] : repeatedCookies(cookies, restoring.start?.cookies, coldStart.cookies)),
  ]
  const { checkpointMs, imageBytes } = restoration
  const { compressedBytes } = contents
  const numbers = {
    coldStart: coldStart.numbers,
    restored,
    checkpointMs: checkpointMs ?? 0,
    imageBytes: imageBytes ?? 0,
    compressedBytes,
  }
  const known: Restoration = { ...restoration, numbers, differences, secrets: contents.secrets }
  const reason =
    typeof again === 'string'
      ? `It came back from its image once, and not a second time: ${again}`
      : silent && `It came back from its image twice, and did not answer the second time: ${silent}`
  if (reason === null) return { ...checkpointed, restoration: known }
  return {
    ...checkpointed,
    answer: {
      ...answer,
      afterRestore: [
        ...answer.afterRestore,
        typeof again === 'string' ? observed(reason, 'native') : observed(reason),
      ],
    },
    restoration: { ...known, verdict: 'restore-failed', reason },
  }
}

/** Who asks may wait for ever. */
async function inTime(asked: Promise<string | null>, limit: number): Promise<string | null> {
  const over = new AbortController()
  const late = sleep(limit, `the warm-up had no answer within ${limit} ms`, { signal: over.signal })
  late.catch(() => undefined)
  return await Promise.race([asked, late]).finally(() => {
    over.abort()
  })
}

const passageOf = (answer: EngineAnswer | string | null): Passage | null =>
  typeof answer === 'string' || answer === null ? null : (answer.passage ?? null)
