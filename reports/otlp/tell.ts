import type { Context, Span, Tracer } from '@opentelemetry/api'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { Answer } from '../../harness/model/answer.js'
import { harmless } from '../parts/escape.js'
import { resourceAttributes } from './attributes.js'
import { toLogRecords } from './log-records.js'
import { toGauges } from './metrics.js'
import type { OpenTelemetry } from './packages.js'
import { foundAt, toSpans, type SpanFacts } from './spans.js'

const SCOPE = 'crac-preflight'
/** An answer in the values that exporters take. */
export interface Sent {
  spans: ReadableSpan[]
  records: ReadableLogRecord[]
  metrics: ResourceMetrics
}

/** Tells an answer under the name of the service that was checked; its trace goes on from what is `around` it. */
export async function tell(
  answer: Answer,
  around: Context,
  { otel, version }: { otel: OpenTelemetry; version: string },
): Promise<Sent> {
  const { resources } = otel
  // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are the user's word, and come last.
  const resource = resources
    .defaultResource()
    .merge(resources.resourceFromAttributes(resourceAttributes(answer)))
    .merge(resources.resourceFromAttributes(resources.envDetector.detect().attributes ?? {}))
  const nothing = () => Promise.resolve()
  const idle = { forceFlush: nothing, shutdown: nothing }

  const spans: ReadableSpan[] = []
  const tracer = new otel.trace.TracerProvider({
    resource,
    spanProcessors: [{ ...idle, onStart: () => undefined, onEnd: (span) => void spans.push(span) }],
    // Each blocker is an event, and none is left out.
    spanLimits: { eventCountLimit: Math.max(128, answer.blockers.length) },
  }).getTracer(SCOPE, version)
  const check = toSpans(answer)
  const context = check === null ? around : traced(check, around, { tracer, otel })

  const records: ReadableLogRecord[] = []
  const logger = new otel.logs.LoggerProvider({
    resource,
    processors: [{ ...idle, onEmit: (record) => void records.push(record) }],
  }).getLogger(SCOPE, version)
  for (const { event, body, attributes } of toLogRecords(answer))
    logger.emit({
      eventName: event,
      body,
      attributes,
      context,
      severityNumber: otel.logsApi.SeverityNumber.ERROR,
      severityText: 'ERROR',
      ...(check !== null && { timestamp: foundAt(check) }),
    })
  return { spans, records, metrics: await collected(answer, { otel, version, resource }) }
}

/** The span and those within it; resolves to the context of what belongs to it. */
function traced(
  { name, from, to, attributes, events, error, children }: SpanFacts,
  around: Context,
  by: { tracer: Tracer; otel: OpenTelemetry },
): Context {
  const { trace, SpanStatusCode } = by.otel.api
  const span: Span = by.tracer.startSpan(name, { startTime: from, attributes }, around)
  const context = trace.setSpan(around, span)
  for (const event of events) span.addEvent(event.name, event.attributes, event.at)
  for (const child of children) traced(child, context, by)
  if (error !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: harmless(error) })
  span.end(to)
  return context
}

async function collected(
  answer: Answer,
  { otel, version, resource }: { otel: OpenTelemetry; version: string; resource: ReadableSpan['resource'] },
): Promise<ResourceMetrics> {
  /** Reads once, when it is asked to. */
  class OnDemand extends otel.metrics.MetricReader {
    protected override onForceFlush = () => Promise.resolve()
    protected override onShutdown = () => Promise.resolve()
  }
  const reader = new OnDemand()
  const meter = new otel.metrics.MeterProvider({ resource, readers: [reader] }).getMeter(SCOPE, version)
  for (const { name, unit, description, points } of toGauges(answer)) {
    const gauge = meter.createGauge(name, { unit, description })
    for (const { value, attributes } of points) gauge.record(value, attributes)
  }
  return (await reader.collect()).resourceMetrics
}
