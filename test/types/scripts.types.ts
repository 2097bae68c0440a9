import {
  answerOf,
  boot,
  explain,
  preflight,
  reportSchema,
  toAnnotations,
  toHtml,
  toJson,
  toJunit,
  toTerminal,
  trace,
  UsageError,
  type Answer,
  type Report,
  type RunningApp,
} from 'crac-preflight'

const report: Report = await preflight({ command: ['java', '-jar', 'orders.jar'], ready: { port: 8080 } })
const verdict: 'checkpointable' | 'blocked' | 'failed' = report.verdict
const app: RunningApp = await boot({ image: 'acme/orders', ports: [8080] }, { trace: 'preload' })
const status: number = (await app.fetch('/orders', { method: 'POST' })).status
const again: Report = await app.checkpoint()
const answer: Answer = answerOf(again)
const texts: string[] = [
  toJson(again),
  toHtml([answer]),
  toJunit([answer], { xmlFile: 'x.xml' }),
  toAnnotations([answer], 'github'),
]
const same: Report = reportSchema.parse(JSON.parse(texts[0] ?? ''))
const [{ outcome } = { outcome: null }] = await explain([{ name: 'log', text: 'x' }])
const { descriptors } = await trace({ pid: 4711 }, { by: 'site', forMs: 1000 })
const fds: number[] = descriptors.map(({ fd }) => fd)
const code: 'USAGE' = new UsageError('x').code
export { verdict, status, same, outcome, fds, code, toTerminal }

// @ts-expect-error An app runs a command or an image.
await preflight({ ready: { port: 8080 } })
// @ts-expect-error There is no such observer.
await boot({ command: ['java'] }, { trace: 'strace' })
// @ts-expect-error A checkpoint's limit is a number of milliseconds.
await app.checkpoint('now')
// @ts-expect-error What is ours is not the user's.
export const process = app.process
