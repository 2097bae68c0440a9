import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError } from '../../model/errors.js'
import type { CracRequest } from './request.js'
import type { SendJcmd } from '../engine.js'
import { parseOutput } from '../output/output.js'

/** Whether the JVM goes on after the checkpoint. It knows best: options come from a command, the environment and files. */
export async function simulates(jcmd: SendJcmd): Promise<boolean> {
  const { output } = await jcmd('VM.flags')
  return /-XX:CR(?:aC)?Engine=(?:\S*\/)?simengine\b|-XX:\+CR(?:aC)?(?:AllowTo)?SkipCheckpoint\b/.test(output)
}

/**
 * Resolves when the app has ended because its image is written; rejects for every other end. An engine that has done its
 * work kills the JVM, but so does the kernel where memory runs out: the image tells the two apart.
 */
export function endedByEngine(
  { exited, imageFiles }: Pick<CracRequest, 'exited' | 'imageFiles'>,
  simulated: boolean,
): Promise<string> {
  const ended = exited.then(async (exit) => {
    const killed = !simulated && (exit === 'SIGKILL' || exit === 137)
    if (killed && isImage(await imageFiles())) return ''
    const advice =
      ' and there is no complete image where -XX:CRaCCheckpointTo lets it be written. See whether memory ran out'
    throw new EngineError(
      'ENGINE_NO_ANSWER',
      `The app ended (${exit}) while it was asked for a checkpoint${killed ? advice : ''}.`,
    )
  })
  // After the answer nobody waits for it any more.
  ended.catch(() => undefined)
  return ended
}

/**
 * CRIU writes its inventory last, warp nothing but one file. Others prove nothing: the JVM leaves `perfdata` and `cppath`
 * before the engine has run, and CRIU its log and the images of what it has got to.
 */
export const isImage = (names: string[]): boolean =>
  names.includes('inventory.img') || names.includes('core.img')

/** Waits until the engine has ended the JVM, or the JVM goes on and has said why on the app's output, which is returned. */
export async function untilThrough(
  { appOutputSince, timeoutMs }: Pick<CracRequest, 'appOutputSince' | 'timeoutMs'>,
  ended: Promise<unknown>,
  start: number,
): Promise<{ printed: string; written: boolean }> {
  for (let before = ''; ;) {
    const written = await Promise.race([ended.then(() => true), sleep(100, false)])
    const printed = await appOutputSince()
    if (written) return { printed, written }
    // A trace that is still being printed is longer the next time.
    if (printed === before && parseOutput(printed).outcome === 'checkpoint-failed')
      return { printed, written }
    if (performance.now() - start > timeoutMs)
      throw new EngineError(
        'ENGINE_TIMEOUT',
        `The engine has neither ended the JVM nor failed within ${timeoutMs} ms. Leave the choice of the engine to the harness, or give the checkpoint more time.`,
      )
    before = printed
  }
}

/** How long the end of a process may take to be known when its connection has broken already. */
const ENDING_MS = 5000

/** Waits for the end of an app of which there is a sign; rejects with the sign where only its JVM has ended. */
export const endOr = async <T>(ended: Promise<T>, sign: Error): Promise<T> =>
  await Promise.race([ended, sleep(ENDING_MS, undefined, { ref: false }).then(() => Promise.reject(sign))])
