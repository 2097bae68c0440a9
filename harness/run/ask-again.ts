import { observed } from '../model/finding.js'
import type { Finding } from '../model/report.js'
import type { BootedApp } from './booted-app.js'
import type { CheckpointedApp, ReportedApp } from './checkpointed-app.js'
import { failureOf } from './requests/ask-patiently.js'
import type { RunningApp } from './running-app.js'

/**
 * Asks an app once more what its warm-up has asked it, now that afterRestore has run: what was answered before and isn't
 * now is a finding. A real checkpoint without a restore leaves nobody to be asked, and an app that asked for its own was
 * warmed up after it.
 */
export async function askAgain(
  checkpointed: CheckpointedApp<BootedApp>,
  warmUp: ((app: RunningApp) => Promise<void>) | undefined,
): Promise<CheckpointedApp<BootedApp>> {
  const { app, answer, byApp, restoration } = checkpointed
  if (restoration?.verdict === 'restore-failed') return checkpointed
  if (answer.outcome !== 'passed' || byApp) return checkpointed
  if (answer.engine !== 'rehearsal' && restoration?.verdict !== 'restored') return checkpointed
  if (warmUp === undefined) return { ...checkpointed, answer: { ...answer, note: withHint(answer) } }
  const begin = performance.now()
  const failure = await failureOf(app, warmUp)
  if (failure === null) return withProbe(checkpointed, performance.now() - begin)
  return {
    ...checkpointed,
    answer: { ...answer, afterRestore: [...answer.afterRestore, findingOf(failure)] },
  }
}

/** How long it took, where the app has come back from an image. */
const withProbe = <App extends ReportedApp>(
  checkpointed: CheckpointedApp<App>,
  probeMs: number,
): CheckpointedApp<App> =>
  checkpointed.restoration?.verdict === 'restored'
    ? { ...checkpointed, restoration: { ...checkpointed.restoration, probeMs: Math.round(probeMs) } }
    : checkpointed

const findingOf = (failure: string): Finding =>
  observed(`${failure}, after afterRestore; the same warm-up succeeded before the checkpoint`)

/** An app that serves somebody might be asked. */
function withHint({ listensAgain, note }: CheckpointedApp['answer']): string | null {
  if (listensAgain !== true) return note
  const hint =
    'It listens again after afterRestore; whether it answers was not asked: with a warm-up it is asked before and after.'
  return note === null ? hint : `${note} ${hint}`
}
