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
  const { failure } = await preflight({ command, ready: { port: 1 } }, { trace: 'none' })
  expect(failure?.code).toBe('APP_DIED')
  expect(failure?.message).toContain('java.lang.RuntimeException: Error starting the server')
  expect(failure?.message).toContain('Caused by: java.lang.IllegalStateException: port 8080 is in use')
  expect(failure?.message).toMatch(/… \d\d more frames/)
  expect(failure?.message.split('\n').length).toBeLessThan(20)
})

test('the whole log of an app that never became ready is in the report folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deep-'))
  const args = ['--report-folder', folder, '--ready', 'port=1', '--', ...command]
  expect((await run(['check', ...args])).code).toBe(3)
  const log = readFileSync(join(folder, 'app.log'), 'utf8')
  expect(log.match(/^\tat DiesDeep\.deep/gm)?.length).toBeGreaterThan(50)
})

test('what is no stack stays as it is, the newest lines of it', () => {
  const lines = Array.from({ length: 100 }, (_, i) => `line ${i}`)
  expect(lastWords(`${lines.join('\n')}\n`)).toBe(lines.slice(60).join('\n'))
})
