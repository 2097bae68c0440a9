/** `trace` of a JVM that runs already, as people find it, name it and compare it: one JVM for all of it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isNamed } from '../../harness/jvm/running-jvms.js'
import { ledgerSchema } from '../../harness/model/ledger.js'
import { compileJava, fixture, jdk } from '../support/java.js'
import { run } from './command-line.js'
import { endJvm } from '../support/end-jvm.js'

const folder = mkdtempSync(join(tmpdir(), 'trace-habits-'))
/** A word that no other JVM of this machine has. */
const word = `word-${process.pid}`
const late = spawn(
  jdk.java,
  ['-cp', compileJava('late', [fixture('java/17/Late.java')], 17), 'Late', word, 'twice'],
  { stdio: ['pipe', 'pipe', 'inherit'] },
)
const said = () => once(late.stdout, 'data')
beforeAll(async () => {
  await said()
})
afterAll(async () => {
  await endJvm(late)
  rmSync(folder, { recursive: true })
})

test('without arguments it lists the JVMs of this user', async () => {
  const { code, stdout } = await run(['trace'])
  expect(code).toBe(0)
  const line = stdout.split('\n').find((each) => each.startsWith(`${String(late.pid)} `))
  expect(line).toMatch(new RegExp(`^${late.pid} +${userInfo().username} +17\\.\\d.* +Late$`))
  expect(stdout).toMatch(/crac-preflight trace --pid \d+ --for 30s\n$/)
})

test('a JVM is named by one word of its command line, and two ledgers tell what came about between them', async () => {
  const [before, after] = [join(folder, 'before.json'), join(folder, 'after.json')]
  const first = await run(['trace', '--pid', word, '--for', '100ms', '--json', before])
  expect({ code: first.code, stderr: first.stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(`tracing process ${late.pid} (Late)`) as unknown,
  })
  const second = await run(['trace', '--pid', word, '--for', '3s', '--json', after], {
    onStart: (child) => {
      child.stderr?.once('data', () => late.stdin.write('\n'))
    },
  })
  expect(second.code).toBe(0)
  const { code, stdout } = await run(['trace', '--diff', before, after])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^\d+ descriptors before, \d+ after: 2 new, 0 gone, \d+ as before$/m)
  expect(stdout).toMatch(/^\+1 +Late\.late\(Late\.java:17\) +file \/etc\/group$/m)
  expect(stdout).toMatch(/^\+1 +Late\.late\(Late\.java:18\) +socket tcp 127\.0\.0\.1:\d+ listening$/m)
  // Programs read the same, from a file or from standard output.
  const asJson = await run(['trace', '--diff', before, after, '--json', '-'])
  expect(asJson.stderr).toBe(stdout)
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    schema: 'crac-preflight/ledger-diff@1',
    sites: [
      { site: 'Late.late(Late.java:17)', added: [{ kind: 'file', target: '/etc/group' }], gone: [] },
      { site: 'Late.late(Late.java:18)', added: [{ kind: 'socket' }], gone: [] },
    ],
  })
  const back = await run(['trace', '--diff', after, before])
  expect(back.stdout).toMatch(/: 0 new, 2 gone, /)
  expect((await run(['trace', '--diff', after, after])).stdout).toMatch(/: 0 new, 0 gone, \d+ as before\n$/)
  await refusesOtherFiles(after)
})

/** What is no ledger is a usage error in one sentence. */
async function refusesOtherFiles(ledger: string): Promise<void> {
  const [cut, other] = [join(folder, 'cut.json'), join(folder, 'other.json')]
  writeFileSync(cut, readFileSync(ledger, 'utf8').slice(0, 200))
  const { schema: _, ...rest } = ledgerSchema.parse(JSON.parse(readFileSync(ledger, 'utf8')))
  writeFileSync(other, JSON.stringify({ schema: 'crac-preflight/report@1', ...rest }))
  const link = join(folder, 'copy.json')
  copyFileSync(ledger, link)
  for (const [args, message] of [
    [[ledger], /takes two ledgers/],
    [[ledger, link, other], /takes two ledgers/],
    [[ledger, join(folder, 'no.json')], /There is no ledger ".*no\.json" that can be read/],
    [[ledger, cut], /cut\.json is no ledger/],
    [[other, ledger], /other\.json is no ledger/],
    [[ledger, link, '--by', 'site'], /--diff only compares two files/],
  ] as const) {
    const { code, stdout, stderr } = await run(['trace', '--diff', ...args])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd()).not.toContain('\n')
  }
}

test('a watch says in each interval which site has grown, until Ctrl-C', { timeout: 120_000 }, async () => {
  let rounds = ''
  let opening: NodeJS.Timeout | undefined
  const { code, stderr } = await run(['trace', '--pid', word, '--watch', '2s'], {
    timeoutMs: 110_000,
    onStart: (child) => {
      child.stdout?.on('data', (text: string) => {
        // From the second interval on it opens two again and again; when that has been told, the watch is ended.
        opening ??= setInterval(() => late.stdin.write('\n'), 500)
        const isFirst = !rounds.includes('Late.java:18')
        rounds += text
        // Once: a second Ctrl-C asks for more than an end.
        if (isFirst && rounds.includes('Late.java:18')) child.kill('SIGINT')
      })
    },
  })
  clearInterval(opening)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(rounds).toMatch(/^\d\d:\d\d:\d\d {2}Late: \d+ descriptors, no site has grown\n/)
  expect(rounds).toMatch(/Late: \d+ descriptors \(\+\d+\)\n/)
  for (const line of [17, 18])
    expect(rounds).toMatch(new RegExp(`^ {2}\\+[1-9]\\d* {2}Late\\.late\\(Late\\.java:${line}\\)$`, 'm'))
})

test.for([
  [['--watch', '5s', '--', 'false'], /--watch needs --pid/],
  [['--watch', 'often', '--pid', word], /--watch can't be "often"/],
  [['--watch', '5s', '--pid', word, '--by', 'kind'], /--by can't be used with --watch/],
] as const)('trace %j is a usage error', async ([args, message]) => {
  const { code, stdout, stderr } = await run(['trace', ...args])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
})

test('a name that none has lists those that there are, and one that stands nowhere is told where to', async () => {
  const none = await run(['trace', '--pid', 'nobody-has-it'])
  expect(none.code).toBe(2)
  expect(none.stderr).toMatch(/--pid can't be "nobody-has-it": no JVM of this user has that word/)
  expect(none.stderr).toMatch(new RegExp(`^${late.pid} .* Late$`, 'm'))
  const bare = await run(['trace', word])
  expect(bare.code).toBe(2)
  expect(bare.stderr).toContain(`or name a JVM that runs: --pid ${word}.`)
})

test.for([
  ['/srv/orders.jar', ['java', '-jar', '/srv/orders.jar'], 'orders.jar', true],
  ['/srv/orders.jar', ['java', '-jar', '/srv/orders.jar'], '/srv/orders.jar', true],
  ['/srv/orders.jar', ['java', '-jar', '/srv/orders.jar'], 'jar', false],
  ['com.acme.Orders', ['java', 'com.acme.Orders', '--port=80'], 'Orders', true],
  ['com.acme.Orders', ['java', 'com.acme.Orders', '--port=80'], '--port=80', true],
  ['com.acme.Orders', ['java', 'com.acme.Orders'], 'Order', false],
] as const)('%s (%j) and the name %s: %j', ([main, words, name, is]) => {
  expect(isNamed({ main, words: [...words] }, name)).toBe(is)
})

test('a watch of a process that ends is over with 3', { timeout: 120_000 }, async () => {
  const { code, stdout, stderr } = await run(['trace', '--pid', word, '--watch', '2s'], {
    timeoutMs: 110_000,
    onStart: (child) => {
      // The JVM of all tests above: this is the last one.
      child.stdout?.once('data', () => late.kill('SIGKILL'))
    },
  })
  expect(stdout).toMatch(/^[\d:]+ {2}Late: \d+ descriptors/)
  expect(stderr).toMatch(/^crac-preflight: Process \d+ (?:has )?ended.*\n$/)
  expect(code).toBe(3)
})
