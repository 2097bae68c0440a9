import { setTimeout as sleep } from 'node:timers/promises'
import type { CracRequest } from './request.js'

/** What a container has printed takes a moment to come here. */
const ON_ITS_WAY_MS = 150
/** An app that never stops printing has said by then what its resources threw. */
const LONGEST_MS = 3000

/**
 * What the app has printed when its resources have run. jcmd has its answer before that: the JVM prints what afterRestore
 * threw on the app's standard error. Its attach listener runs them, so it answers the next command when they are through.
 */
export async function printedByResources({
  jcmd,
  appOutputSince,
}: Pick<CracRequest, 'jcmd' | 'appOutputSince'>): Promise<string> {
  // One that can't be asked again prints all the same.
  await jcmd('VM.version').catch(() => undefined)
  return await restoredPrinted(appOutputSince)
}

/** The same of a JVM that is known to be through. */
export async function restoredPrinted(appOutputSince: () => Promise<string>): Promise<string> {
  const end = performance.now() + LONGEST_MS
  for (let before: string | null = null; ;) {
    const printed = await appOutputSince()
    if (printed === before || performance.now() > end) return printed
    before = printed
    await sleep(ON_ITS_WAY_MS)
  }
}
