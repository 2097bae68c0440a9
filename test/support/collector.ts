import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../harness/host/package-root.js'
import { freePort } from '../../scenarios/free-port.js'
import { capability } from './capability.js'

const program = join(packageRoot, 'build', 'collector', 'collector')

/** OpenTelemetry's own collector. */
export const collector = capability(
  'collector',
  existsSync(program),
  'there is no collector of OpenTelemetry: "node scripts/setup.mjs test" builds one where Go is',
)

interface Value {
  stringValue?: string
  intValue?: string
  boolValue?: boolean
  arrayValue?: { values?: Value[] }
}
type Attributes = { key: string; value: Value }[]
interface Span {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes?: Attributes
  events?: { name: string; timeUnixNano: string; attributes: Attributes }[]
  status: { code?: number; message?: string }
}
interface Point {
  attributes: Attributes
  asDouble?: number
  asInt?: string
}
interface LogRecord {
  body: Value
  eventName?: string
  traceId: string
  spanId: string
  attributes: Attributes
}
interface Scoped<What> {
  resource: { attributes: Attributes }
  scopeSpans?: { spans: What[] }[]
  scopeMetrics?: { metrics: What[] }[]
  scopeLogs?: { logRecords: What[] }[]
}
interface Metric {
  name: string
  unit?: string
  gauge: { dataPoints: Point[] }
}

/** What has arrived, each with the name of the service that told it. */
export interface Received {
  spans: (Span & { service: string })[]
  metrics: (Metric & { service: string })[]
  logs: (LogRecord & { service: string })[]
}

/** Attributes as an object. */
export const valuesOf = (attributes: Attributes = []): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]))

const plain = ({ stringValue, intValue, boolValue, arrayValue }: Value): unknown =>
  stringValue ??
  boolValue ??
  (intValue === undefined ? (arrayValue?.values ?? []).map(plain) : Number(intValue))

/** A collector that runs until `stop`, which resolves to all that it has received. */
export async function startCollector(): Promise<{ url: string; stop(): Promise<Received> }> {
  const folder = mkdtempSync(join(tmpdir(), 'collector-'))
  const port = await freePort()
  const [config, file] = [join(folder, 'config.yaml'), join(folder, 'received.json')]
  const pipeline = { receivers: ['otlp'], exporters: ['file'] }
  writeFileSync(
    config,
    JSON.stringify({
      receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
      exporters: { file: { path: file } },
      service: { pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline } },
    }),
  )
  const child = spawn(program, ['--config', `file:${config}`], { stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = once(child, 'exit')
  while (!(await listens(port))) if (child.exitCode !== null) throw new Error('the collector has ended')
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
      rmSync(folder, { recursive: true })
      return received(lines.map((line) => JSON.parse(line) as Batch))
    },
  }
}

interface Batch {
  resourceSpans?: Scoped<Span>[]
  resourceMetrics?: Scoped<Metric>[]
  resourceLogs?: Scoped<LogRecord>[]
}

function received(batches: Batch[]): Received {
  const told = <What>(scoped: Scoped<What>[] = [], of: (one: Scoped<What>) => What[]) =>
    scoped.flatMap((one) => {
      const service = String(valuesOf(one.resource.attributes)['service.name'])
      return of(one).map((what) => ({ ...what, service }))
    })
  return {
    spans: batches.flatMap(({ resourceSpans }) =>
      told(resourceSpans, ({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans }) => spans)),
    ),
    metrics: batches.flatMap(({ resourceMetrics }) =>
      told(resourceMetrics, ({ scopeMetrics = [] }) => scopeMetrics.flatMap(({ metrics }) => metrics)),
    ),
    logs: batches.flatMap(({ resourceLogs }) =>
      told(resourceLogs, ({ scopeLogs = [] }) => scopeLogs.flatMap(({ logRecords }) => logRecords)),
    ),
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => setTimeout(resolve, 20, false))
    socket.on('connect', () => socket.destroy())
  })
}
