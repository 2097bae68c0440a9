import type { SpanContext } from '@opentelemetry/api'
import type { OpenTelemetry } from './packages.js'

const FORM = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/

/**
 * The span that CI has put this process into: TRACEPARENT and TRACESTATE, as the W3C's Trace Context writes them. Null
 * where there is none; one that breaks the rules is none.
 */
export function parentSpan(
  { api }: Pick<OpenTelemetry, 'api'>,
  { TRACEPARENT, TRACESTATE }: NodeJS.ProcessEnv,
): SpanContext | null {
  const [, version, traceId = '', spanId = '', flags = '', more] = FORM.exec(TRACEPARENT?.trim() ?? '') ?? []
  // Version ff is forbidden, and only later versions than 00 may go on.
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return null
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & api.TraceFlags.SAMPLED,
    isRemote: true,
    ...(TRACESTATE && { traceState: api.createTraceState(TRACESTATE) }),
  }
  return api.isSpanContextValid(context) ? context : null
}
