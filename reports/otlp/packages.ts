import type * as Api from '@opentelemetry/api'
import type * as LogsApi from '@opentelemetry/api-logs'
import type * as LogExporter from '@opentelemetry/exporter-logs-otlp-proto'
import type * as MetricExporter from '@opentelemetry/exporter-metrics-otlp-proto'
import type * as TraceExporter from '@opentelemetry/exporter-trace-otlp-proto'
import type * as Resources from '@opentelemetry/resources'
import type * as Logs from '@opentelemetry/sdk-logs'
import type * as Metrics from '@opentelemetry/sdk-metrics'
import type * as Trace from '@opentelemetry/sdk-trace'
import { loadOptional } from '../../harness/model/errors.js'

/** The packages that speak OTLP, in the versions that this package is made for. */
const INSTALL = [
  '@opentelemetry/api@1.9',
  '@opentelemetry/api-logs@0.223',
  '@opentelemetry/resources@2',
  '@opentelemetry/sdk-trace@2',
  '@opentelemetry/sdk-metrics@2',
  '@opentelemetry/sdk-logs@0.223',
  '@opentelemetry/exporter-trace-otlp-proto@0.223',
  '@opentelemetry/exporter-metrics-otlp-proto@0.223',
  '@opentelemetry/exporter-logs-otlp-proto@0.223',
]

export interface OpenTelemetry {
  api: typeof Api
  logsApi: typeof LogsApi
  resources: typeof Resources
  trace: typeof Trace
  metrics: typeof Metrics
  logs: typeof Logs
  traceExporter: typeof TraceExporter
  metricExporter: typeof MetricExporter
  logExporter: typeof LogExporter
}

/** Nothing is registered globally: what else this process sends by OpenTelemetry goes where it went. */
const load = async (): Promise<OpenTelemetry> => ({
  api: await import('@opentelemetry/api'),
  logsApi: await import('@opentelemetry/api-logs'),
  resources: await import('@opentelemetry/resources'),
  trace: await import('@opentelemetry/sdk-trace'),
  metrics: await import('@opentelemetry/sdk-metrics'),
  logs: await import('@opentelemetry/sdk-logs'),
  traceExporter: await import('@opentelemetry/exporter-trace-otlp-proto'),
  metricExporter: await import('@opentelemetry/exporter-metrics-otlp-proto'),
  logExporter: await import('@opentelemetry/exporter-logs-otlp-proto'),
})

/**
 * Loads OpenTelemetry's own packages, which only an output by OTLP needs.
 * @throws UsageError where the user has not installed them.
 */
export const loadOpenTelemetry = (): Promise<OpenTelemetry> =>
  loadOptional(
    load,
    `Results are sent by OTLP through OpenTelemetry's packages, which are not installed here. Install them: npm i -D ${INSTALL.join(' ')}`,
  )
