import type { Answer } from '../../harness/model/answer.js'
import { loadOpenTelemetry } from './packages.js'
import type { OtlpTarget } from './target.js'
import { tell } from './tell.js'
import { parentSpan } from './trace-parent.js'

/** What one request holds at most: a receiver takes some megabytes. */
const BATCH = 500

/** Which version of this package tells, and what CI has put this process into. */
export interface Sender {
  version: string
  environment?: NodeJS.ProcessEnv
}

/**
 * Sends answers to an OTLP receiver: of each a trace, metrics, and a log record for each finding. Fails where it is not
 * there or does not take them; it is asked for as long as OTEL_EXPORTER_OTLP_TIMEOUT says, ten seconds by default.
 */
export async function sendOtlp(
  answers: readonly Answer[],
  { url }: OtlpTarget,
  { version, environment = process.env }: Sender,
): Promise<void> {
  const otel = await loadOpenTelemetry()
  const { ROOT_CONTEXT, trace } = otel.api
  const parent = parentSpan(otel, environment)
  const around = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent)
  const told = await Promise.all(answers.map((answer) => tell(answer, around, { otel, version })))

  const to = (signal: string) => (url === null ? {} : { url: `${url}/v1/${signal}` })
  const traces = new otel.traceExporter.OTLPTraceExporter(to('traces'))
  const metrics = new otel.metricExporter.OTLPMetricExporter(to('metrics'))
  const logs = new otel.logExporter.OTLPLogExporter(to('logs'))
  const sent = await Promise.allSettled([
    inBatches(
      told.flatMap(({ spans }) => spans),
      traces,
    ),
    inBatches(
      told.flatMap(({ records }) => records),
      logs,
    ),
    oneByOne(
      told.map((each) => each.metrics),
      metrics,
    ),
  ])
  await Promise.allSettled([traces.shutdown(), metrics.shutdown(), logs.shutdown()])
  for (const outcome of sent) if (outcome.status === 'rejected') throw outcome.reason
}

/** What an exporter of any signal does. */
interface Exporter<T> {
  export(what: T, done: (result: { code: number; error?: Error }) => void): void
}

async function inBatches<T>(all: readonly T[], exporter: Exporter<T[]>): Promise<void> {
  for (let at = 0; at < all.length; at += BATCH) await exported(all.slice(at, at + BATCH), exporter)
}

async function oneByOne<T>(all: readonly T[], exporter: Exporter<T>): Promise<void> {
  for (const each of all) await exported(each, exporter)
}

function exported<T>(what: T, exporter: Exporter<T>): Promise<void> {
  return new Promise((resolve, reject) => {
    exporter.export(what, ({ code, error }) => {
      // The code of success is 0.
      if (code === 0) resolve()
      else reject(error ?? new Error('the receiver does not say why'))
    })
  })
}
