import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { AttachError, EngineError } from '../../model/errors.js'
import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { probesFolder } from '../../host/package-root.js'
import type { CracVersion, EngineAnswer, LoadAgent } from '../engine.js'
import {
  afterRestoreOf,
  findingsOf,
  noteOf,
  restoreOf,
  type Result,
  resultSchema,
  type Target,
} from './result.js'

const library = join(probesFolder, 'librehearsal.so')

export interface RehearsalRequest extends Target {
  load: LoadAgent
  /** A scratch directory that the app may write to. */
  folder: string
  /** Where that is; here unless given. */
  host?: Host
  timeoutMs: number
  /** Called when every descriptor has been judged, before afterRestore changes the table; the app waits meanwhile. */
  onJudged?: () => Promise<void>
  signal?: AbortSignal
}

/**
 * The JVM options that let a stock JDK be rehearsed from its start: with them no registration is lost. What lies open in
 * `folder` is the harness's; there the agent also tells of checkpoints that the app asks for itself.
 */
export function rehearsalOptions(cracVersion: CracVersion, folder?: string): string[] {
  return [
    // A command line made for a CRaC JDK stays as it is.
    '-XX:+IgnoreUnrecognizedVMOptions',
    // Without it JDK 21 and newer print a warning into the app's output when the agent is asked.
    '-XX:+EnableDynamicAgentLoading',
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
 * answer as the app gets. `onJudged` is told the JVM's pid.
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
  const soon = AbortSignal.any([request.signal, AbortSignal.timeout(30_000)])
  await poll(() => exists(`${file}.json`, host), soon)
  return toAnswer(await read(`${file}.json`, host), start, request)
}

/** True where there is such a file. */
const exists = (file: string, host: Host): Promise<true | undefined> =>
  host.stat(file).then(
    () => true as const,
    () => undefined,
  )

const remove = (file: string, host: Host): Promise<void> => host.unlink(file).catch(() => undefined)

/** Asks again until there is something; rejects when the signal comes first. */
async function poll<T>(look: () => T | undefined | Promise<T | undefined>, signal: AbortSignal): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(10, undefined, { signal })
  }
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
  const agentTimeout = Math.max(Math.ceil(request.timeoutMs / 2), request.timeoutMs - 2000)
  const pause = `${file}.judged`
  const options = `rehearse,out=${file},cracVersion=${request.cracVersion},timeoutMs=${agentTimeout}`
  const answered = new AbortController()
  const looked = request.onJudged && lookDuring(pause, host, request.onJudged, answered.signal)
  try {
    const asked = request.load(library, looked ? `${options},pause=${pause}` : options)
    const { code, output } = await limited(asked, request)
    answered.abort()
    await looked
    if (code !== 0)
      throw new EngineError(
        'ENGINE_REFUSED',
        `The JVM did not load the rehearsal agent, or the agent can't write to ${request.folder} (code ${code}): ${output.trim()}. The app's stderr says more.`,
      )
    return await read(file, host)
  } finally {
    answered.abort()
    await remove(file, host)
  }
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

/** The folder is open to the app: what it reads like is told, what stands in it is not, as it may be anybody's. */
async function read(file: string, host: Host): Promise<Result> {
  const text = await host.readText(file, { follow: false }).catch((error: unknown) => {
    throw new EngineError(
      'ENGINE_NO_ANSWER',
      (error as { code?: unknown }).code === 'ENOENT'
        ? `The rehearsal agent has not written ${file}. The app's stderr may say why.`
        : `The rehearsal agent's answer ${file} can't be read: ${String(error)}. Something else lies there than the file that the agent writes.`,
      { cause: error },
    )
  })
  const unreadable = (why: string, cause?: unknown) =>
    new EngineError(
      'ENGINE_NO_ANSWER',
      `The rehearsal agent's answer can't be read: ${why}. Are library and harness from the same build? Run "npm run build".`,
      { cause },
    )
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw unreadable('it is no JSON', error)
  }
  const { data, error } = resultSchema.safeParse(value)
  if (data === undefined) throw unreadable(`it has no valid ${placesOf(error)}`)
  return data
}

const placesOf = ({ issues }: z.ZodError): string =>
  [...new Set(issues.map(({ path }) => path.join('.')))].slice(0, 5).join(', ') || 'result'

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
