import { setTimeout as sleep } from 'node:timers/promises'
import type { AppSpec } from '../app/spec.js'
import { AppError } from '../model/errors.js'
import { localHost } from '../host/local-host.js'
import { systemProperties } from '../jvm/properties.js'
import type { TraceMode } from '../ledger/ledger.js'
import { bootApp } from '../run/boot.js'
import type { BootedApp } from '../run/booted-app.js'
import type { Grouping } from '../model/answer.js'
import { AttachedJvm } from './attached.js'
import type { Answer } from '../model/answer.js'
import { toAnswer } from './answer.js'

export interface TraceOptions {
  by: Grouping
  trace: TraceMode
  bootStacks: boolean
  /** List after this time; null: when ready, or when interrupted. */
  forMs: number | null
  interrupted: AbortSignal
  onTracer: (choice: string) => void
}

/** Starts an app and lists what it holds when it is ready, after a time, or at Ctrl-C, whichever comes first. */
export async function traceApp(spec: AppSpec, options: TraceOptions): Promise<Answer> {
  const { forMs, interrupted, trace, bootStacks, onTracer } = options
  const app = await bootApp(
    { ...spec, ...(forMs !== null && { ready: { seconds: forMs / 1000 }, timeoutMs: forMs + 60_000 }) },
    { trace, bootStacks, onTracer, readyAt: interrupted },
  )
  try {
    const jvm = await onceThere(app)
    const reading = await app.reading()
    const properties = await systemProperties(jvm, { host: app.host })
    return await toAnswer(app.spec.name, options.by, { reading, properties, place: app })
  } finally {
    await app.stop()
  }
}

/** On a busy machine the time may be over before the launcher has become a JVM. */
async function onceThere(app: BootedApp): Promise<number> {
  const end = performance.now() + 10_000
  for (;;)
    try {
      return await app.jvm()
    } catch (error) {
      const early = error instanceof AppError && error.code === 'APP_NOT_JAVA' && performance.now() < end
      if (!early) throw error
      await sleep(100)
    }
}

/** Watches a JVM that runs already, for a time or until Ctrl-C, and leaves it as it was. */
export async function tracePid(
  pid: number,
  name: string | undefined,
  { by, trace, forMs, interrupted }: Pick<TraceOptions, 'by' | 'trace' | 'forMs' | 'interrupted'>,
  onAttached: (name: string) => void,
): Promise<Answer> {
  const attached = await AttachedJvm.attach(pid, trace)
  const over = new AbortController()
  try {
    onAttached(attached.jvm.name)
    const signal = AbortSignal.any([over.signal, interrupted])
    await Promise.race([
      sleep(forMs ?? LONGEST_WAIT, undefined, { signal }).catch(() => undefined),
      attached.ended(over.signal).then(() => {
        if (over.signal.aborted) return
        throw new AppError('APP_DIED', `Process ${pid} ended while it was traced.`)
      }),
    ])
    const reading = await attached.ledger()
    return await toAnswer(name ?? attached.jvm.name, by, {
      reading,
      properties: attached.properties,
      place: { root: attached.jvm.root, host: localHost },
    })
  } finally {
    over.abort()
    await attached.detach()
  }
}

/** As long as a timer can be. */
const LONGEST_WAIT = 2 ** 31 - 1
