import { within } from '../../host/clock/within.js'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AttachError, EngineError } from '../../model/errors.js'
import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { probesFolder } from '../../host/package-root.js'
import type { CracVersion, EngineAnswer, LoadAgent } from '../engine.js'
import { exists, poll, readAnswer, remove } from './answer-file.js'
import { afterRestoreOf, findingsOf, noteOf, restoreOf, type Result, type Target } from './result.js'

const library = join(probesFolder, 'librehearsal.so')

export interface RehearsalRequest extends Target {
  load: LoadAgent
  /** A scratch directory that the app may write to. */
  folder: string
  /** Where that is; here unless given. */
  host?: Host
  /** How long the callbacks may take; image and return, where they are asked for, have as long again. */
  timeoutMs: number
  /** Called when every descriptor has been judged, before afterRestore changes the table; the app waits meanwhile. */
  onJudged?: () => Promise<void>
  /** Called then where nothing speaks against the checkpoint: makes an image of the app, ends it and brings it back. */
  remake?: Remake
  signal?: AbortSignal
}

/** True where the app is back, or has never gone; false where it is lost. */
type Remake = (held: HeldJvm) => Promise<boolean>

/** A JVM whose beforeCheckpoint has run, and that waits before its afterRestore. */
export interface HeldJvm {
  /** Lets it go on, in this life or from its image. */
  release(): Promise<void>
  /** Resolves when its afterRestore has run. */
  answered(signal: AbortSignal): Promise<void>
  /** The answer of another life from the same image, when its afterRestore has run. */
  answeredAgain(signal: AbortSignal): Promise<EngineAnswer>
}

/**
 * The JVM options that let a stock JDK be rehearsed from its start: with them no registration is lost. What lies open in
 * `folder` is the harness's; there the agent also tells of checkpoints that the app asks for itself.
 */
export function rehearsalOptions(cracVersion: CracVersion, folder?: string, restore = false): string[] {
  return [
    // A command line made for a CRaC JDK stays as it is.
    '-XX:+IgnoreUnrecognizedVMOptions',
    // Without it JDK 21 and newer print a warning into the app's output when the agent is asked.
    '-XX:+EnableDynamicAgentLoading',
    // Its file is named after the pid and shared with jcmd: the JVM would not find it again in its image.
    ...(restore ? ['-XX:-UsePerfData'] : []),
    `-agentpath:${library}=cracVersion=${cracVersion}${folder === undefined ? '' : `,folder=${folder}`}`,
  ]
}

/** Lets the agent decide as a CRaC JDK would. A refusal is an answer; an EngineError means that there is none. */
export async function rehearse(request: RehearsalRequest): Promise<EngineAnswer> {
  const start = performance.now()
  return toAnswer(await ask(request), start, request)
}

/**
 * Waits for a checkpoint that the app asks for itself (`Core.checkpointRestore()`, Spring's onRefresh) and gives the same
 * answer as the app gets. `onJudged` gets the JVM's pid.
 */
export async function rehearseWhenAsked(
  request: Target & {
    folder: string
    host?: Host
    onJudged: (pid: number) => Promise<void>
    signal: AbortSignal
  },
): Promise<EngineAnswer> {
  const { host = localHost } = request
  const asking = /^asked-(\d+)$/
  const name = await poll(
    async () => (await host.readdir(request.folder)).find((each) => asking.test(each)),
    request.signal,
  )
  const start = performance.now()
  const file = join(request.folder, name)
  await request.onJudged(Number(asking.exec(name)?.[1])).finally(() => remove(file, host))
  const soon = within(30_000, request.signal)
  await poll(() => exists(`${file}.json`, host), soon)
  return toAnswer(await readAnswer(`${file}.json`, host), start, request)
}

function toAnswer(result: Result, start: number, request: Target): EngineAnswer {
  if (result.outcome === 'error')
    throw new EngineError(result.timedOut ? 'ENGINE_TIMEOUT' : 'ENGINE_REFUSED', result.output.trimEnd())
  return {
    engine: 'rehearsal',
    cracVersion: request.cracVersion,
    output: result.output,
    outcome: result.outcome,
    findings: findingsOf(result),
    afterRestore: result.outcome === 'passed' ? afterRestoreOf(result) : [],
    judgements: new Map(result.descriptors.map(({ fd, verdict, rule }) => [fd, { verdict, rule }])),
    durationMs: performance.now() - start,
    restore: restoreOf(result),
    listensAgain: result.restore?.listens ?? false,
    passage: result.passage,
    note: noteOf(result, request),
  }
}

async function ask(request: RehearsalRequest): Promise<Result> {
  const { host = localHost } = request
  if (!existsSync(library))
    throw new EngineError(
      'ENGINE_MISSING',
      `The rehearsal agent ${library} is not there. Build it with "npm run build".`,
    )
  const file = join(request.folder, `rehearsal-${randomUUID()}.json`)
  // The agent gives up first, as it can say which callback hangs.
  const timeoutMs = request.timeoutMs * (request.remake === undefined ? 1 : 2)
  const agentTimeout = Math.max(Math.ceil(timeoutMs / 2), timeoutMs - 2000)
  const pause = `${file}.judged`
  const send = async (word: string, ...more: string[]): Promise<void> => {
    const options = [
      word,
      `out=${file}`,
      `cracVersion=${request.cracVersion}`,
      `timeoutMs=${agentTimeout}`,
      ...more,
    ]
    const { code, output } = await request.load(library, options.join())
    if (code !== 0)
      throw new EngineError(
        'ENGINE_REFUSED',
        `The JVM did not load the rehearsal agent, or the agent can't write to ${request.folder} (code ${code}): ${output.trim()}. The app's stderr says more.`,
      )
  }
  const over = new AbortController()
  const files = { file, pause, signal: over.signal }
  try {
    const { remake } = request
    return await limited(
      remake === undefined ? answered(request, files, send) : imaged(request, remake, files, send),
      { ...request, timeoutMs },
    )
  } finally {
    over.abort()
    await remove(file, host)
  }
}

interface Files {
  /** The answer. */
  file: string
  /** There while the agent waits to be looked at. */
  pause: string
  /** Ends every wait for a file. */
  signal: AbortSignal
}

type Send = (word: string, ...more: string[]) => Promise<void>

async function answered(
  { host = localHost, onJudged }: RehearsalRequest,
  { file, pause, signal }: Files,
  send: Send,
): Promise<Result> {
  const over = new AbortController()
  const looked = onJudged && lookDuring(pause, host, onJudged, AbortSignal.any([signal, over.signal]))
  await send('rehearse', ...(looked ? [`pause=${pause}`] : []))
  over.abort()
  await looked
  return await readAnswer(file, host)
}

/** No image can hold the attach connection, so the agent answers by its file alone. */
async function imaged(
  request: RehearsalRequest,
  remake: Remake,
  { file, pause, signal }: Files,
  send: Send,
): Promise<Result> {
  const { host = localHost, onJudged } = request
  await send('restore', `pause=${pause}`)
  await poll(async () => (await exists(pause, host)) ?? (await exists(file, host)), signal)
  await onJudged?.()
  const release = () => remove(pause, host)
  const answered = async (given: AbortSignal): Promise<void> => {
    await poll(() => exists(file, host), AbortSignal.any([signal, given]))
  }
  const answeredAgain = async (given: AbortSignal): Promise<EngineAnswer> => {
    const start = performance.now()
    await poll(() => exists(file, host), given)
    return toAnswer(await readAnswer(file, host), start, request)
  }
  const passed = `${pause}.passed`
  if (await exists(passed, host)) {
    const judged = await readAnswer(passed, host)
    if (!(await remake({ release, answered, answeredAgain }))) return judged
  } else await release()
  await answered(signal)
  return await readAnswer(file, host)
}

/** Looks when the agent waits to be looked at. One that has nothing to judge answers without having waited. */
async function lookDuring(
  pause: string,
  host: Host,
  look: () => Promise<void>,
  answered: AbortSignal,
): Promise<void> {
  try {
    await poll(() => exists(pause, host), answered)
  } catch {
    return
  }
  await look().finally(() => remove(pause, host))
}

/** Ends the wait, not the rehearsal: a callback that hangs can't be ended from outside. */
async function limited<T>(answer: Promise<T>, { timeoutMs, signal }: RehearsalRequest): Promise<T> {
  let stop = (): void => undefined
  const limit = new Promise<never>((_resolve, reject) => {
    const giveUp = (why: string): void => reject(new EngineError('ENGINE_TIMEOUT', `The rehearsal ${why}.`))
    const timer = setTimeout(
      () => giveUp(`did not answer within ${timeoutMs} ms; take a thread dump of the app`),
      timeoutMs,
    )
    const aborted = (): void => giveUp('was given up by its caller')
    if (signal?.aborted === true) aborted()
    signal?.addEventListener('abort', aborted)
    stop = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', aborted)
    }
  })
  try {
    return await Promise.race([answer, limit])
  } catch (error) {
    if (error instanceof AttachError && error.code === 'ATTACH_TIMEOUT')
      throw new EngineError('ENGINE_TIMEOUT', error.message, { cause: error })
    throw error
  } finally {
    stop()
  }
}
