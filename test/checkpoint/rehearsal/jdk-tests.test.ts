/** Own programs for tests of the CRaC JDK, by the table of docs/crac/jdk-tests.md. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type CracVersion, cracVersions, type EngineAnswer } from '../../../harness/checkpoint/engine.js'
import { jcmd } from '../../../harness/jvm/attach.js'
import { packageRoot } from '../../../harness/host/package-root.js'
import { jdk } from '../../support/java.js'
import { JdkTests } from './programs/jdk-test-programs.js'
import { cases, messages, RehearsedApp, workshopFor } from './programs/rehearsed-app.js'

const workshop = workshopFor({ JdkTests })
const apps: RehearsedApp[] = []
afterAll(async () => {
  await Promise.all(apps.map((app) => app.stop()))
})

const logs = '-XX:+UnlockDiagnosticVMOptions -XX:+LogVMOutput -XX:LogFile=vm-%p.log'
const reopenListeners = 'type: socket\nlistening: true\naction: reopen'

interface Own {
  /** The test of the CRaC JDK that it stands for. */
  of: string
  program: string
  options?: string
  policy?: string
  /** Done before it is asked. */
  first?: (app: RehearsedApp) => Promise<unknown>
}

const own: Own[] = [
  { of: 'FileWatcherTest', program: 'WatchService' },
  { of: 'FileWatcherThreadTest', program: 'WatchKeys' },
  { of: 'LoggingVMlogOpenTest', program: 'nothing', options: logs },
  { of: 'LoggingCompilationTest', program: 'nothing', options: `${logs} -XX:+LogCompilation` },
  {
    of: 'SharedLibraryTest',
    program: 'nothing',
    options: '-XX:NativeMemoryTracking=detail',
    first: (app) => jcmd(app.pid, 'VM.native_memory detail'),
  },
  { of: 'PatchModuleTest', program: 'nothing', options: '--patch-module=java.sql=/srv/app/patch.jar' },
  { of: 'JrtFsTest', program: 'JrtFs' },
  {
    of: 'ReopenListeningAsynchronousSocketChannelTest',
    program: 'AsynchronousListener',
    policy: reopenListeners,
  },
  { of: 'DaemonAfterRestore', program: 'LastThread' },
  { of: 'PipePolicy', program: 'Pipe', policy: 'type: pipe\naction: close' },
]

/** As the table says it: what is expected of a generation, or that a stock JDK can't know. */
type Said = 'passes' | 'refuses' | 'unknowable'

function said(answer: EngineAnswer): Said {
  const certain = answer.findings.filter(({ unknowable }) => !unknowable)
  if (answer.findings.length > 0) return certain.length > 0 ? 'refuses' : 'unknowable'
  return 'passes'
}

/** Rows of the table: the test, and a cell for each generation. */
const table = new Map(
  [
    ...readFileSync(join(packageRoot, 'docs/crac/jdk-tests.md'), 'utf8').matchAll(
      /^\| (\w+) +\| [^|]+\| (\w+) +\| (\w+) +\| (\w+) +\|$/gm,
    ),
  ].map(([, name = '', ...cells]) => [name, cells]),
)

test.for(own)('$of is answered as the table says, in each generation', async ({ of, ...how }) => {
  writeFileSync(join(workshop.folder, 'policies.yaml'), how.policy ?? '# none')
  execFileSync('cp', [join(workshop.folder, 'plugin.jar'), join(workshop.folder, 'patch.jar')])
  const policies = `-Djdk.crac.resource-policies=${workshop.folder}/policies.yaml`
  const given = `${policies} ${how.options ?? ''} ${cases} JdkTests ${how.program}`
  const app = RehearsedApp.start(workshop, jdk, '25', given.replace(/ +/g, ' '))
  apps.push(app)
  await app.ready()
  await how.first?.(app)
  const answers: [CracVersion, Said][] = []
  const why: string[] = []
  for (const as of cracVersions) {
    const answer = await app.ask(as)
    answers.push([as, said(answer)])
    why.push(`${as}: ${messages(answer).join('; ')}`)
  }
  await app.stop()
  const expected = table.get(of)
  expect(
    answers.map(([, each]) => each),
    why.join('\n'),
  ).toEqual(expected)
})

test('every row of the table that has a program of our own is played', () => {
  expect([...table.keys()].sort()).toEqual(own.map(({ of }) => of).sort())
})
