import type { TestContext } from 'vitest'
import { harmless } from '../../reports/parts/escape.js'
import { lastWords } from '../app/last-words.js'
import { NoVerdictError, placed } from '../model/errors.js'

/** Something that a test waits for: in words, and what its app has printed so far. */
interface Wait {
  what: () => string
  output: () => string
}

const known = new WeakMap<TestContext, TestWaits>()

/** What a test waits for. */
export function waitsOf(context: TestContext): TestWaits {
  const waits = known.get(context) ?? new TestWaits(context)
  known.set(context, waits)
  return waits
}

/** vitest says that a test's time is over, and not what it waited for: that is reported here, as one more error of the test. */
export class TestWaits {
  private readonly open = new Map<Wait, Promise<unknown>>()
  private readonly apps = new Set<{ readonly name: string; readonly output: string }>()
  private watching = false

  constructor(private readonly context: TestContext) {}

  /** The outcome of what is waited for. */
  async during<T>(wait: Wait, work: Promise<T>): Promise<T> {
    this.watch()
    this.open.set(wait, work)
    try {
      return await work
    } finally {
      this.open.delete(wait)
    }
  }

  /** An app that runs while the test does something else. */
  running(app: { readonly name: string; readonly output: string }): void {
    this.apps.add(app)
  }

  /** Each attempt of a test has its own hooks. */
  private watch(): void {
    if (this.watching) return
    this.watching = true
    const { signal, onTestFinished } = this.context
    let tell: (() => Promise<never>) | null = null
    const onAbort = () => {
      tell = this.told()
    }
    signal.addEventListener('abort', onAbort)
    onTestFinished(async () => {
      this.watching = false
      this.apps.clear()
      signal.removeEventListener('abort', onAbort)
      await tell?.()
    })
  }

  /** How it stands now; what an app printed that never became ready is known when it has ended. */
  private told(): () => Promise<never> {
    const open = [...this.open]
    const apps = [...this.apps].map(({ name, output }) => `${name} was running. ${lastWords(output)}`)
    return async () => {
      await Promise.allSettled(open.map(([, work]) => work))
      const waits = open.map(([{ what, output }]) => `${what()}\n${lastWords(output())}`)
      const what = waits.length > 0 ? waits : ['it ran code of its own.', ...apps]
      // vitest's own error points to the test.
      throw placed(
        new NoVerdictError('TEST_ENDED', harmless(`The test was ended while ${what.join('\n')}`)),
        [],
      )
    }
  }
}
