import { setTimeout as sleep } from 'node:timers/promises'
import type { Exit, StartedApp } from '../../app/held.js'
import { asThrown } from '../../checkpoint/crac/crac.js'
import { reasonOf, withReason } from '../../checkpoint/crac/engine-log.js'
import type { EngineAnswer } from '../../checkpoint/engine.js'
import { parseOutput, type CheckpointOutput } from '../../checkpoint/output/output.js'
import { EngineError } from '../../model/errors.js'
import type { ImageFolder } from './image-folder.js'

/** A line by which a CRaC JDK shows that the app has asked for a checkpoint itself, of every generation. */
const SIGN =
  /^CR: (?:Skip )?Checkpoint\b|\[crac *\] Checkpoint \.\.\.|\bcrac\.[\w.]*(?:Checkpoint|Restore)Exception\b/
const PAUSE_MS = 100
/** So long nothing more must be printed before it counts as all. */
const QUIET_MS = 500
/** An app that never stops printing has said by then what came of its checkpoint. */
const LONGEST_MS = 5000
/** A real engine has ended the JVM by then, or is taken to hang. */
const ENGINE_MS = 60_000

export interface OwnCheckpointRequest {
  app: Pick<StartedApp, 'output' | 'exited'>
  image: ImageFolder
  /** Whether the engine writes no image, so that the app goes on. */
  simulated: boolean
  /** Ends the wait for an app that does not ask. */
  signal: AbortSignal
  /** Called when the app has asked. */
  onAsked: () => void
  /** How long a real engine may take. */
  engineMs?: number
}

/** What a CRaC JDK tells an app that asks for its own checkpoint; null where it does not ask. */
export async function answerToApp(request: OwnCheckpointRequest): Promise<EngineAnswer | null> {
  const { app, image, simulated, signal } = request
  const start = performance.now()
  await Promise.race([app.output.line(SIGN, signal), app.exited]).catch(() => undefined)
  await app.output.upToNow()
  const asked = () => app.output.text.split('\n').some((line) => SIGN.test(line))
  if (!asked()) return null
  request.onAsked()
  const { exit, said, gaveUp } = await untilThrough(request)
  if (!simulated && isKilled(exit)) {
    if (await image.isWritten()) return toAnswer(said, { start, passed: true, reason: null })
    throw new EngineError(
      'ENGINE_NO_ANSWER',
      `The app ended (${exit}) in a checkpoint of its own and there is no complete image. See whether memory ran out.`,
    )
  }
  const reason = simulated ? null : reasonOf(await image.log())
  if (said.outcome === null) return null
  // The app need not print that its JVM goes on because there is no image.
  const outcome = gaveUp && said.outcome === 'checkpoint-ok' ? 'checkpoint-failed' : said.outcome
  return toAnswer({ ...said, outcome }, { start, passed: false, reason })
}

/** CRIU's own last word on an image that it could not write. */
const hasGivenUp = async (image: ImageFolder): Promise<boolean> =>
  (await image.log()).includes('Dumping FAILED')

const isKilled = (exit: Exit | null): boolean => exit === 'SIGKILL' || exit === 137

interface Said extends CheckpointOutput {
  text: string
}

/** Reads on until the app has ended, or goes on and has said all. */
async function untilThrough({
  app,
  image,
  simulated,
  engineMs = ENGINE_MS,
}: OwnCheckpointRequest): Promise<{ exit: Exit | null; said: Said; gaveUp: boolean }> {
  const ended: { exit: Exit | null } = { exit: null }
  void app.exited.then((how) => (ended.exit = how))
  const said = (): Said => ({ ...parseOutput(app.output.text), text: app.output.text })
  const begin = performance.now()
  for (let before = '', since = begin; ;) {
    await app.output.upToNow()
    const now = performance.now()
    const { exit } = ended
    if (exit !== null) return { exit, said: said(), gaveUp: false }
    if (app.output.text !== before) since = now
    before = app.output.text
    if (now - since > QUIET_MS || now - begin > LONGEST_MS) {
      const all = said()
      // A real engine takes its time, and then ends the JVM.
      if (simulated || all.outcome !== 'checkpoint-ok') return { exit, said: all, gaveUp: false }
      if (await hasGivenUp(image)) return { exit, said: all, gaveUp: true }
    }
    if (now - begin > engineMs)
      throw new EngineError(
        'ENGINE_TIMEOUT',
        `The app has asked for a checkpoint itself, and the engine has neither ended the JVM nor failed within ${engineMs} ms. Leave the choice of the engine to the harness.`,
      )
    await sleep(PAUSE_MS)
  }
}

function toAnswer(
  { text, outcome, findings, resources }: Said,
  { start, passed, reason }: { start: number; passed: boolean; reason: ReturnType<typeof reasonOf> },
): EngineAnswer {
  const refused = !passed && (outcome === 'checkpoint-failed' || outcome === 'mixed')
  const failures = !refused && outcome === 'restore-failed' ? findings : []
  return {
    engine: 'crac',
    cracVersion: null,
    output: text + (reason?.text ?? ''),
    outcome: refused ? 'refused' : 'passed',
    findings: refused ? withReason(findings, reason) : [],
    // An app that has asked several times has printed several tables.
    afterRestore: failures.map(asThrown),
    judgements: new Map(
      resources.map(({ fd, ok, reason: rule }) => [fd, { verdict: verdictOf(ok, fd), rule }]),
    ),
    durationMs: performance.now() - start,
    restore:
      failures.length === 0
        ? null
        : {
            restored: [],
            missing: [],
            onUse: [],
            failures: failures.map(({ type, message }) => `${type ?? ''}: ${message}`),
          },
    note: 'The app has asked for this checkpoint itself.',
  }
}

const verdictOf = (ok: boolean, fd: number) => (!ok ? 'blocked' : fd <= 2 ? 'standard' : 'claimed')
