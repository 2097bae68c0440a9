import { MOST_LATENCIES, type StartNumbers } from '../../model/restoration.js'

/** From here on an answer says that the app can't do what it was asked for. */
const SERVER_ERROR = 500

/** One start of an app: when it began, when it was ready, and how long its first requests took. */
export class StartTimes {
  /** Until it was ready, in milliseconds. */
  readyMs = 0
  private firstAnswerMs: number | null = null
  private readonly latenciesMs: number[] = []
  /** Cookies that it has set, each as `name=value`. */
  readonly cookies = new Set<string>()

  private readonly begin = performance.now()

  ready(): void {
    this.readyMs = this.now()
  }

  /** The outcome of a request, which counts where it was answered; a latency ends when its answer begins. */
  async asked(request: Promise<Response>): Promise<Response> {
    const sent = this.now()
    const response = await request
    for (const cookie of response.headers.getSetCookie()) this.cookies.add(cookie.split(';')[0] ?? '')
    if (response.status < SERVER_ERROR && this.latenciesMs.length < MOST_LATENCIES) {
      const answered = this.now()
      this.firstAnswerMs ??= answered
      this.latenciesMs.push(inTenths(answered - sent))
    }
    return response
  }

  get numbers(): StartNumbers {
    const { readyMs, firstAnswerMs, latenciesMs } = this
    return {
      readyMs: Math.round(readyMs),
      firstAnswerMs: firstAnswerMs === null ? null : Math.round(firstAnswerMs),
      latenciesMs: [...latenciesMs],
    }
  }

  private now(): number {
    return performance.now() - this.begin
  }
}

const inTenths = (ms: number): number => Math.round(ms * 10) / 10
