import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lastWords } from '../../harness/app/last-words.js'
import { preflight } from '../../harness/preflight.js'
import { run } from '../cli/command-line.js'
import { compileJava, fixture, jdk } from '../support/java.js'

const classes = compileJava('deep', [fixture('java', '17', 'DiesDeep.java')], 17)
const command = [jdk.java, '-cp', classes, 'DiesDeep']

test('of an app that dies deep down, exception, cause and messages are shown, and frames are folded', async () => {
  const keepLog = join(mkdtempSync(join(tmpdir(), 'deep-')), 'app.log')
  const { failure } = await preflight({ command, ready: { port: 1 } }, { trace: 'none', keepLog })
  expect(failure?.code).toBe('APP_DIED')
  expect(failure?.message.split('\n').slice(0, 5)).toEqual([
    'The app ended (1) before it was ready.',
    'The last exception that it printed:',
    'Exception in thread "main" java.lang.RuntimeException: Error starting the server',
    'Caused by: java.lang.IllegalStateException: port 8080 is in use: set server.port',
    `Its whole log is in ${keepLog}.`,
  ])
  expect(readFileSync(keepLog, 'utf8').match(/^\tat DiesDeep\.deep/gm)?.length).toBeGreaterThan(50)
  expect(failure?.message).toMatch(/… \d\d more frames/)
  expect(failure?.message.split('\n').length).toBeLessThan(20)
})

test('the whole log of an app that never became ready is in the report folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deep-'))
  const args = ['--report-folder', folder, '--ready', 'port=1', '--', ...command]
  const { code, stdout } = await run(['check', ...args])
  expect(code).toBe(3)
  expect(stdout).toContain(`Its whole log is in ${join(folder, 'app.log')}.`)
  const log = readFileSync(join(folder, 'app.log'), 'utf8')
  expect(log.match(/^\tat DiesDeep\.deep/gm)?.length).toBeGreaterThan(50)
})

test('what is no stack stays as it is, the newest lines of it', () => {
  const lines = Array.from({ length: 100 }, (_, i) => `line ${i}`)
  expect(lastWords(`${lines.join('\n')}\n`)).toBe(
    ['With --report-folder FOLDER its whole log is kept.', 'What it printed last:', ...lines.slice(60)].join(
      '\n',
    ),
  )
})

const stackOf = (frames: number) => Array.from({ length: frames }, (_, i) => `\tat a.B.c(B.java:${i})`)

test('the exception comes first, whatever was printed after it', () => {
  const output = [
    'ERROR [io.quarkus.runtime.Application] (main) Failed to start application: java.lang.RuntimeException: Failed to start quarkus',
    ...stackOf(50),
    'Caused by: io.quarkus.runtime.QuarkusBindException: Port already bound: 8080',
    ...stackOf(5),
    '\t... 12 more',
    ...Array.from({ length: 60 }, (_, i) => `INFO closing ${i}`),
  ]
  expect(lastWords(output.join('\n'), '/r/app.log').split('\n').slice(0, 5)).toEqual([
    'The last exception that it printed:',
    output[0],
    'Caused by: io.quarkus.runtime.QuarkusBindException: Port already bound: 8080',
    'Its whole log is in /r/app.log.',
    'What it printed last:',
  ])
})

test('of two exceptions the one of the main thread is told, with a message of several lines', () => {
  const output = [
    'Exception in thread "main" a.Failed: no port',
    '  in section two',
    ...stackOf(4),
    'WARN a.b.Closed: already',
    ...stackOf(4),
  ]
  expect(lastWords(output.join('\n')).split('\n').slice(1, 3)).toEqual(output.slice(0, 2))
})
