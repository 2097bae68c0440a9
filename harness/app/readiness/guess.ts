import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from '../../host/host.js'
import type { AppOutput } from '../output.js'
import { frameworks, startingIn, type Framework } from './frameworks.js'
import { listenersOf } from './listening.js'
import { Settling } from './settling.js'

/** An app as far as its readiness can be seen from outside. */
export interface Guessed {
  host: Host
  output: AppOutput
  /** The JVMs among its processes. */
  jvms: () => Promise<number[]>
  /** How many classes one of them has loaded; null where it doesn't tell. */
  classes: (pid: number) => Promise<number | null>
  /** A thread dump of one of them; null where there is none. */
  threads: (pid: number) => Promise<string | null>
  /** Gets what the wait is for. */
  onWaiting?: (why: string) => void
}

const LOOK_MS = 250

/**
 * Waits until there is nothing left that speaks against the app being ready, and says what it was taken as ready for.
 * An app that starts may be silent for long; so it must have printed or must listen, its threads must have come to rest,
 * and no framework may be at its start.
 */
export async function guessReady(app: Guessed, signal: AbortSignal): Promise<string> {
  const settling = new Settling(app)
  let said: Framework | undefined
  void app.output.line(anyStarted, signal).then(
    (line) => (said = frameworks.find(({ whole, started }) => whole && started.test(line))),
    () => undefined,
  )
  for (;;) {
    const busy = await settling.look()
    const jvms = await app.jvms()
    if (said !== undefined && (await hasStarted(app, jvms))) return `as ${said.title} says`
    const why = busy ?? (await speaksAgainst(app, jvms))
    if (why === null) return await seen(app, jvms)
    app.onWaiting?.(why)
    await sleep(LOOK_MS, undefined, { signal })
  }
}

/** Waits until a framework says that it has started, and has nothing more to do at its start. */
export async function untilStarted(app: Guessed, name: string, signal: AbortSignal): Promise<void> {
  const framework = frameworks.find((each) => each.name === name)
  if (framework === undefined) throw new RangeError(`There is no framework "${name}".`)
  const seen = { begin: false, line: false }
  void app.output.line(framework.started, signal).then(
    () => (seen.line = true),
    () => undefined,
  )
  for (;;) {
    const { starting, readable } = await startOf(app, await app.jvms())
    seen.begin ||= starting !== null
    if (starting === null && (seen.line || (seen.begin && readable))) return
    app.onWaiting?.(starting ?? `${framework.title} has not been seen to start`)
    await sleep(LOOK_MS, undefined, { signal })
  }
}

const anyStarted = new RegExp(
  frameworks.flatMap(({ whole, started }) => (whole ? [`(?:${started.source})`] : [])).join('|'),
)

/** The line alone is too early: what a framework runs at its start may come after it. */
async function hasStarted(app: Guessed, jvms: number[]): Promise<boolean> {
  if (await wantsCheckpoint(app, jvms)) return false
  const { starting, readable } = await startOf(app, jvms)
  return starting === null && readable
}

/** The cheap questions first: a thread dump stops the threads for a moment. */
async function speaksAgainst(app: Guessed, jvms: number[]): Promise<string | null> {
  if (!hasPrinted(app.output.text) && (await listeningNames(app, jvms)).length === 0)
    return 'it has neither printed anything nor does it listen'
  if (await wantsCheckpoint(app, jvms))
    return 'it is to ask for its own checkpoint (spring.context.checkpoint=onRefresh)'
  return (await startOf(app, jvms)).starting
}

/** What its threads say of a start; `readable` is false where no dump can be had. */
async function startOf(
  app: Guessed,
  jvms: number[],
): Promise<{ starting: string | null; readable: boolean }> {
  let readable = jvms.length > 0
  for (const jvm of jvms) {
    const dump = await app.threads(jvm)
    readable &&= dump !== null
    const found = startingIn(dump ?? '')
    if (found)
      return { starting: `${found.framework.title} is starting in thread "${found.thread}"`, readable }
  }
  return { starting: null, readable }
}

/** Spring's property is one of the JVM; it may also come from the environment. */
async function wantsCheckpoint({ host }: Guessed, jvms: number[]): Promise<boolean> {
  for (const jvm of jvms)
    for (const file of ['cmdline', 'environ']) {
      const text = await host.readText(`/proc/${jvm}/${file}`).catch(() => '')
      if (text.includes('-Dspring.context.checkpoint=onRefresh')) return true
    }
  return false
}

/** What a JVM or its launcher says of itself is no word of the app. */
const JVMS_OWN =
  /^(?:NOTE: )?Picked up |^(?:OpenJDK|Java HotSpot)\S* .*VM warning: |^\[\d+\.\d+s\]\[|^WARNING: |^crac-preflight: |^\s*$/

const hasPrinted = (text: string): boolean => text.split('\n').some((line) => !JVMS_OWN.test(line))

async function listeningNames({ host }: Guessed, jvms: number[]): Promise<string[]> {
  const listeners = await Promise.all(jvms.map((jvm) => listenersOf(jvm, host)))
  return [...new Set(listeners.flat().map(({ name }) => name))]
}

async function seen(app: Guessed, jvms: number[]): Promise<string> {
  const names = await listeningNames(app, jvms)
  const shown = names.length > 5 ? [...names.slice(0, 5), `${names.length - 5} more`] : names
  return `silent, ${shown.length === 0 ? 'listening on nothing' : `listening on ${shown.join(', ')}`}`
}
