import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import type { Report } from '../../harness/model/report.js'
import { bpf } from '../support/bpf.js'
import { needing } from '../support/capability.js'
import { freePort } from '../../scenarios/free-port.js'
import { collector, startCollector, valuesOf } from '../support/collector.js'
import { jdk } from '../support/java.js'
import { run } from './command-line.js'

const folder = mkdtempSync(join(tmpdir(), 'otlp-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
const leaking = [
  '--name',
  'orders',
  '--ready',
  'log=/READY/',
  '--',
  jdk.java,
  '-cp',
  leaks,
  'leaks.Main',
  'FileInput',
]

needing(collector, bpf)('a check arrives as a trace, metrics and logs', async () => {
  const receiver = await startCollector()
  const json = join(folder, 'report.json')
  const before = Date.now()
  const { code, stderr } = await run(
    ['check', '--quiet', '--otlp', receiver.url, '--json', json, ...leaking],
    {
      env: {
        TRACEPARENT: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=shop',
      },
    },
  )
  const after = Date.now()
  const { spans, metrics, logs } = await receiver.stop()
  expect([code, stderr]).toEqual([1, ''])
  const report = JSON.parse(readFileSync(json, 'utf8')) as Report
  const [blocker] = report.blockers

  // The trace goes on from CI's own span, and its times are those of the run.
  const check = spans.find(({ name }) => name === 'check')!
  expect(check).toMatchObject({
    service: 'orders',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    parentSpanId: '00f067aa0ba902b7',
    status: { code: 2, message: '1 blocker' },
  })
  expect(valuesOf(check.attributes)).toMatchObject({
    'crac.verdict': 'blocked',
    'crac.blockers': 1,
    'crac.tracer': report.evidence.tracer,
    'process.pid': report.app.pid,
    'error.type': 'blocked',
  })
  const children = spans.filter(({ parentSpanId }) => parentSpanId === check.spanId)
  const ms = (nano: string): number => Number(BigInt(nano) / 1_000_000n)
  children.sort((a, b) => ms(a.startTimeUnixNano) - ms(b.startTimeUnixNano))
  expect(children.map(({ name }) => name)).toEqual(['boot', 'ready', 'checkpoint', 'join'])
  const [begin, end] = [ms(check.startTimeUnixNano), ms(check.endTimeUnixNano)]
  const edges = children.map((span) => [ms(span.startTimeUnixNano), ms(span.endTimeUnixNano)]).flat()
  expect(edges).toEqual(edges.toSorted((a, b) => a - b))
  expect([edges[0], edges[6]! - edges[5]!, edges[7]]).toEqual([begin, 0, end])
  expect(begin).toBeGreaterThanOrEqual(before)
  expect(end).toBeLessThanOrEqual(after)
  expect(end - begin).toBe(report.timing.totalMs)
  const [, ready] = children
  expect(ms(ready!.endTimeUnixNano) - ms(ready!.startTimeUnixNano)).toBeCloseTo(report.timing.bootMs!, -1)

  // The blocker is an event of the checkpoint.
  const [event] = children.find(({ name }) => name === 'checkpoint')?.events ?? []
  expect(valuesOf(event?.attributes)).toMatchObject({
    'crac.blocker.id': blocker!.id,
    'code.function.name': 'leaks.FileInput.open',
    'code.file.path': 'FileInput.java',
    'code.line.number': expect.any(Number),
    'exception.type': blocker!.findings[0]!.type,
    'exception.stacktrace': expect.stringMatching(/\n\tat leaks\.FileInput\.open\(FileInput\.java:\d+\)/),
  })

  // A finding can be found among the logs, and leads to its trace.
  expect(logs).toMatchObject([
    {
      service: 'orders',
      eventName: 'crac.finding',
      traceId: check.traceId,
      spanId: check.spanId,
      body: { stringValue: blocker!.findings[0]!.message },
    },
  ])

  const points = Object.fromEntries(
    metrics.map(({ name, gauge }) => [
      name,
      gauge.dataPoints.map(({ attributes, asDouble, asInt }) => [
        Object.values(valuesOf(attributes)).slice(1).join(' '),
        asDouble ?? Number(asInt),
      ]),
    ]),
  )
  expect(points).toMatchObject({
    'crac.check.verdict': [
      ['checkpointable', 0],
      ['blocked', 1],
      ['failed', 0],
    ],
    'crac.check.blockers': [['file classes/ false', 1]],
    'crac.check.duration': [['', report.timing.totalMs / 1000]],
    'crac.check.step.duration': report.timing.steps.map(({ name, durationMs }) => [name, durationMs / 1000]),
  })
  const descriptors = points['crac.check.descriptors']!.map(([, value]) => value as number)
  expect(descriptors.reduce((sum, value) => sum + value)).toBe(report.descriptors.length)
})

test('a receiver that is not there is one line, and the verdict stays', async () => {
  const url = `http://127.0.0.1:${await freePort()}`
  const { code, stdout, stderr } = await run(['check', '--quiet', '--otlp', url, ...leaking], {
    env: { OTEL_EXPORTER_OTLP_TIMEOUT: '500' },
  })
  expect(code).toBe(1)
  expect(stdout).toContain('BLOCKED')
  expect(stderr).toBe(
    `crac-preflight: --otlp was not written to ${url}: connect ECONNREFUSED ${url.slice('http://'.length)}\n`,
  )
})

test('a crac-preflight.yaml names its receiver, too', async () => {
  const file = join(folder, 'crac-preflight.yaml')
  const [, , , , , ...command] = leaking
  const url = `http://127.0.0.1:${await freePort()}`
  writeFileSync(
    file,
    `apps: { orders: { command: ${JSON.stringify(command)}, ready: { log: READY } } }\noutputs: { otlp: '\${RECEIVER}' }\n`,
  )
  const env = { RECEIVER: url, OTEL_EXPORTER_OTLP_TIMEOUT: '500' }
  const { code, stderr } = await run(['check', '--quiet', '--file', file], { env })
  expect(code).toBe(1)
  expect(stderr).toContain(`crac-preflight: --otlp was not written to ${url}: connect ECONNREFUSED`)
  const other = { RECEIVER: 'localhost:4318' }
  expect(await run(['check', '--file', file], { env: other })).toMatchObject({ code: 2 })
})

test('what is no address is told before the app is started', async () => {
  expect(await run(['check', '--otlp', 'localhost:4318', ...leaking])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--otlp can\'t be "localhost:4318". Give the http or https URL'),
  })
  expect(
    await run(['check', '--otlp', 'env', ...leaking], { env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' } }),
  ).toMatchObject({ code: 2, stderr: expect.stringContaining('sent as http/protobuf only') })
})
