/** The preloaded library where others are at home already: each place must give what the plain start gives. */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { LocalApp } from '../harness/app/spec.js'
import { packageRoot, probesFolder } from '../harness/host/package-root.js'
import { preflight } from '../harness/preflight.js'
import { formatFrame, type Report } from '../harness/model/report.js'
import { compileJava, fixture, jdk, jdks } from './support/java.js'
import { capability, needing } from './support/capability.js'
import { plain } from './support/plain.js'

const classes = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
const KINDS = ['FileInput', 'FileByChannel', 'Listener', 'NioPipe', 'Watch']
const scratch = () => mkdtempSync(join(tmpdir(), 'places-'))
const leaks = ['-cp', classes, 'leaks.Main', ...KINDS]

/** What is told of the program's own descriptors: the thread, the call, and every frame down to the kind's own. */
const own = (report: Report) =>
  report.descriptors
    .flatMap(({ kind, origin }) => {
      const frames = origin?.java ?? []
      const end = frames.findIndex(({ class: owner }) => KINDS.some((name) => owner === `leaks.${name}`))
      if (end < 0) return []
      return [[kind, origin?.thread, origin?.syscall, ...frames.slice(0, end + 1).map(formatFrame)].join(' ')]
    })
    .sort()

async function told(app: Omit<LocalApp, 'ready'>): Promise<Report> {
  const report = await preflight({ ...app, ready: { log: /^READY/ } }, { trace: 'preload' })
  expect(report.failure).toBe(null)
  expect(report.evidence).toMatchObject({ tracer: 'preload', lost: 0 })
  return report
}

const plainStarts = new Map<string, Promise<string[]>>()

/** What a plain start tells; asked once for each JDK. */
async function plainly(java: string): Promise<string[]> {
  const known = plainStarts.get(java) ?? told({ command: [java, ...leaks] }).then(own)
  plainStarts.set(java, known)
  expect((await known).length).toBeGreaterThan(KINDS.length)
  return await known
}

function script(...lines: string[]): string {
  const file = join(scratch(), 'start.sh')
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'))
  chmodSync(file, 0o755)
  return file
}

const env = { JAVA_HOME: jdk.home }
const wrappers: [string, string[]][] = [
  ['a shell script that becomes the JVM', [script('exec "$JAVA_HOME/bin/java" "$@"'), ...leaks]],
  [
    'a script in a script, which stays and has started other programs before',
    [script(`${script('ls / >/dev/null', '"$JAVA_HOME/bin/java" "$@"', 'exit $?')} "$@"`), ...leaks],
  ],
  [
    'env and nice before a shell',
    ['env', 'A=b', 'nice', 'sh', '-c', '"$JAVA_HOME/bin/java" "$@"', 'sh', ...leaks],
  ],
]

test.for(wrappers)('%s changes nothing of what is told', async ([, command]) => {
  expect(own(await told({ command, env }))).toEqual(await plainly(jdk.java))
})

const [oldest, newest] = [jdk, jdks.at(-1) ?? jdk]

test.for([oldest, newest])(
  'the user’s own JAVA_TOOL_OPTIONS stay, on JDK $feature',
  async ({ java, home }) => {
    const options = '-Xmx96m -Down.value="a b" -Xlog:gc:file=gc.log'
    const folder = scratch()
    const app = { env: { JAVA_HOME: home, JAVA_TOOL_OPTIONS: options }, cwd: folder }
    for (const command of [
      [java, ...leaks],
      [script('exec "$JAVA_HOME/bin/java" "$@"'), ...leaks],
    ]) {
      expect(own(await told({ ...app, command }))).toEqual(await plainly(java))
      expect(existsSync(join(folder, 'gc.log'))).toBe(true)
    }
  },
)

const jemalloc = ['build/jemalloc/usr/lib/x86_64-linux-gnu', 'build/jemalloc/usr/lib/aarch64-linux-gnu']
  .map((folder) => join(packageRoot, folder, 'libjemalloc.so.2'))
  .find((file) => existsSync(file))

needing(capability('jemalloc', jemalloc !== undefined, '"npm test" fetches it on Debian'))(
  'an allocator that the user preloads stays, and changes nothing',
  async () => {
    const app = { command: [jdk.java, ...leaks], env: { LD_PRELOAD: plain(jemalloc ?? '') } }
    let mapped = ''
    const report = await preflight(
      { ...app, ready: { log: /^READY/ } },
      {
        trace: 'preload',
        warmUp: ({ pid }) => {
          mapped = execFileSync('cat', [`/proc/${pid}/maps`], { encoding: 'utf8' })
          return Promise.resolve()
        },
      },
    )
    expect(mapped).toContain('libjemalloc.so.2')
    expect(own(report)).toEqual(await plainly(jdk.java))
  },
)

/** A jar of `LogAgent`, whose own file must be told as its own. */
function logAgent(): string {
  const agentClasses = compileJava('log-agent', [fixture('java/17/LogAgent.java')], 17)
  const folder = scratch()
  const jar = join(folder, 'agent.jar')
  writeFileSync(join(folder, 'MANIFEST'), 'Premain-Class: LogAgent\n')
  execFileSync(join(jdk.home, 'bin/jar'), ['cfm', jar, join(folder, 'MANIFEST'), '-C', agentClasses, '.'])
  return `-javaagent:${jar}=${join(folder, 'classes.log')}`
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })

const agents: [string, () => Promise<string> | string, RegExp | null][] = [
  ['a Java agent that writes down each class', logAgent, /LogAgent\.premain/],
  [
    'a profiler that samples every millisecond',
    () =>
      `-agentpath:${join(probesFolder, 'libasyncProfiler.so')}=start,event=itimer,interval=1ms,file=${join(scratch(), 'own.jfr')}`,
    null,
  ],
  [
    'a debugger’s agent',
    async () => `-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:${await freePort()}`,
    null,
  ],
]

test.for(agents)('%s changes nothing of what is told', { timeout: 60_000 }, async ([, option, origin]) => {
  for (const { java } of [oldest, newest]) {
    const report = await told({ command: [java, await option(), ...leaks] })
    expect(own(report)).toEqual(await plainly(java))
    if (origin !== null)
      expect(report.descriptors.map((each) => each.origin?.java.map(formatFrame).join()).join()).toMatch(
        origin,
      )
  }
})
