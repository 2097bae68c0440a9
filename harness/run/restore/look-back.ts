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

/** What can be seen while the app is there to be looked at. */
export interface Seen {
  ledgers: Ledgers
  secrets: readonly Secret[]
  index: ClassIndex
  coldStart: StartTimes
  /** Asks it what it was asked before. */
  ask: () => Promise<unknown>
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
  if (again !== null && typeof again !== 'string') await ask()
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
  if (typeof again !== 'string') return { ...checkpointed, restoration: known }
  const reason = `It came back from its image once, and not a second time: ${again}`
  return {
    ...checkpointed,
    answer: { ...answer, afterRestore: [...answer.afterRestore, observed(reason, 'native')] },
    restoration: { ...known, verdict: 'restore-failed', reason },
  }
}

const passageOf = (answer: EngineAnswer | string | null): Passage | null =>
  typeof answer === 'string' || answer === null ? null : (answer.passage ?? null)
