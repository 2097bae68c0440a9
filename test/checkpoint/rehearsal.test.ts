import { readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rehearsalOptions, rehearse } from '../../harness/checkpoint/rehearsal.js'
import { EngineError } from '../../harness/errors.js'
import { type Jdk, jdk, jdks } from '../support/java.js'
import { buildAgent, openWorkshop, RehearsedApp, type Workshop } from './rehearsed-app.js'
import { sources } from './rehearsal-programs.js'

let workshop: Workshop
beforeAll(() => {
  buildAgent()
  workshop = openWorkshop(sources)
}, 120_000)
afterAll(() => workshop.remove())

const cases = '-cp /app/cases.jar'
const each = jdks.map((one) => [`JDK ${one.feature}`, one] as const)

type How = Parameters<typeof RehearsedApp.start>[4] & { jdk?: Jdk; as?: '21.0.4' | '21' | '25' }

/** Starts a program, waits until it is ready, and ends it whatever happens. */
async function running<T>(what: string, work: (app: RehearsedApp) => Promise<T>, how: How = {}): Promise<T> {
  const app = RehearsedApp.start(workshop, how.jdk ?? jdk, how.as ?? '25', what, how)
  try {
    await app.ready()
    return await work(app)
  } finally {
    await app.stop()
  }
}

const policies = (text: string): string => {
  const file = join(workshop.folder, 'policies.yaml')
  writeFileSync(file, text)
  return `-Djdk.crac.resource-policies=${file}`
}

const messages = (answer: { findings: { message: string }[] }): string[] =>
  answer.findings.map(({ message }) => message)

const descriptors = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`).map((fd) => `${fd} ${readlinkSync(`/proc/${pid}/fd/${fd}`)}`)

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  )

test.each(each)(
  'a listening channel is refused with its descriptor and address, on %s',
  async (_name, jdk) => {
    const answer = await running(`${cases} Ssc`, (app) => app.ask(), { jdk })
    const [finding] = answer.findings
    expect(answer).toMatchObject({ engine: 'rehearsal', cracVersion: '25', outcome: 'refused' })
    expect(finding).toMatchObject({
      type: 'CheckpointOpenSocketException',
      resource: 'socket',
      unknowable: false,
    })
    expect(finding?.address?.local).toMatch(/127\.0\.0\.1:\d+$/)
    expect(answer.judgements.get(finding?.fd ?? -1)).toEqual({ verdict: 'blocked', rule: 'open socket' })
    expect(answer.note === null).toBe(jdk.feature === 25)
  },
)

test.each(each)(
  'the agent has no descriptor and prints nothing but what a CRaC JDK logs, on %s',
  async (_name, jdk) => {
    await running(
      `${cases} Hello`,
      async (app) => {
        const before = descriptors(app.pid)
        expect(before.filter((line) => line.includes('rehearsal'))).toEqual([
          expect.stringContaining('.out'),
          expect.stringContaining('.err'),
          expect.stringContaining('cases.jar'),
        ])
        const answer = await app.ask()
        expect(answer.outcome).toBe('passed')
        const after = descriptors(app.pid).filter((line) => !/socket:/.test(line))
        expect(after).toEqual(before.filter((line) => !/socket:/.test(line)))
        expect(
          [...answer.judgements.values()]
            .filter(({ verdict }) => verdict === 'harness')
            .map(({ rule }) => rule),
        ).toEqual(['attach listener or its connection', 'attach listener or its connection'])
        expect(app.stdout).toBe('READY\n')
        expect(app.stderr.split('\n').slice(1).join('\n')).toBe('INFO: Starting checkpoint\n')
      },
      { jdk },
    )
  },
)

test.each(each)('a server answers before and after, and keeps its connections, on %s', async (_name, jdk) => {
  await running(
    `${cases} Serve`,
    async (app) => {
      const port = /port (\d+)/.exec(app.stdout)?.[1] ?? ''
      const get = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/`)).text()
      expect(await get()).toBe('ok')
      expect((await app.ask()).outcome).toBe('refused')
      expect(await get()).toBe('ok')
      expect((await app.ask()).outcome).toBe('refused')
      expect(await get()).toBe('ok')
    },
    { jdk },
  )
})

test('resources are notified last registered first and restored in order; one that throws hides no other', async () => {
  await running(`${cases} Order`, async (app) => {
    const answer = await app.ask()
    expect(messages(answer)).toEqual(['three', 'four, inside'])
    expect(app.stdout.split('\n').filter((line) => / \d$/.test(line))).toEqual([
      ...['before 4', 'before 3', 'before 2', 'before 1'],
      ...['after 1', 'after 2', 'after 3', 'after 4'],
    ])
    await app.ask()
    expect(app.stdout).toContain('before 5')
  })
})

test('a resource that never returns is a time-out with its stack, and the JVM can still be asked', async () => {
  await running(`${cases} Hang`, async (app) => {
    const timeout = await failure(app.ask('25', 1500))
    expect(timeout).toBeInstanceOf(EngineError)
    expect(timeout).toMatchObject({ code: 'ENGINE_TIMEOUT' })
    expect(String(timeout)).toMatch(/beforeCheckpoint of Hang has not returned/)
    expect(String(timeout)).toMatch(/at .*Hang\.forever\(Hang\.java:\d+\)/)
    const second = await failure(app.ask('25', 1500))
    expect(second).toMatchObject({ code: 'ENGINE_REFUSED' })
    expect(String(second)).toMatch(/Another rehearsal is still running: beforeCheckpoint of Hang/)
  })
})

test('an Error out of a resource refuses the checkpoint, and nobody is restored', async () => {
  await running(`${cases} ResError`, async (app) => {
    const answer = await app.ask()
    expect(answer).toMatchObject({
      outcome: 'refused',
      output: `${app.pid}:\njava.lang.AssertionError: an error\n`,
    })
    expect(answer.findings).toMatchObject([{ type: 'AssertionError', message: 'an error', fd: null }])
    expect(app.stdout).not.toContain('after')
  })
})

test('a checkpoint inside a checkpoint is refused inside and outside', async () => {
  await running(`${cases} Nested`, async (app) => {
    const answer = await app.ask()
    expect(messages(answer)).toEqual(['Recursive checkpoint is not allowed'])
    expect(app.stdout).toContain('inside: Recursive checkpoint is not allowed')
  })
})

test('a failing afterRestore does not refuse, but is told', async () => {
  const answer = await running(`${cases} RestoreFails`, (app) => app.ask())
  expect(answer.outcome).toBe('passed')
  expect(answer.note).toContain('afterRestore fails')
})

test.each(each)(
  'an agent that comes late answers, too, and says what it can not know, on %s',
  async (_name, jdk) => {
    const answer = await running(`${cases} FisRel`, (app) => app.ask(), { jdk, late: true })
    expect(messages(answer)).toEqual(['data.txt'])
    expect(answer.note).toContain('loaded into a running JVM')
  },
)

test('what the 25 line has reworked is never presented as certain', async () => {
  const now = await running(`${cases} AsyncSock`, (app) => app.ask())
  const then = await running(`${cases} AsyncSock`, (app) => app.ask(), { as: '21' })
  const doubtful = now.findings.filter(({ unknowable }) => unknowable)
  expect(doubtful.map(({ type }) => type)).toEqual(Array(3).fill('CheckpointOpenResourceException'))
  expect(now.note).toContain('unknowable on a stock JDK')
  expect(then.findings.filter(({ unknowable }) => unknowable)).toEqual([])
})

test.each([
  [
    'type: socket\naction: bury',
    'SrvSock',
    [
      /^Unknown policy action bury for Socket\[/,
      /^FileDescriptor \d+: socket: family=AF_INET6 type=SOCK_STREAM/,
    ],
  ],
  [
    'type: file\naction: Bury',
    'FisRel',
    [/^Unknown policy action for path data\.txt: Bury$/, /^FileDescriptor \d+: regular: /],
  ],
  [
    'type: socket\nfamily: ipx\naction: close',
    'Ssc',
    [/^Unknown family: ipx$/, /^FileDescriptor \d+: socket: /],
  ],
  ['type: socket\nlocalPort: 1\naction: close', 'Ssc', [/^sun\.nio\.ch\.ServerSocketChannelImpl\[/]],
  ['type: socket\nlocalport: 1\naction: close', 'Ssc', []],
  ['type: socket\nlistening: false\naction: close', 'Ssc', [/^sun\.nio\.ch\.ServerSocketChannelImpl\[/]],
  ['type: SOCKET\nACTION: close', 'Dgram', [/^FileDescriptor \d+: socket: family=AF_INET6 type=SOCK_DGRAM/]],
  ['type: FILEDESCRIPTOR\nregex: socket: .*SOCK_DGRAM.*\naction: ignore', 'Dgram', []],
  ['type: PIPE\naction: ignore', 'NioPipe', [/^Unknown policy action ignore for Pipe \d+ -> \d+$/]],
  ['type: pipe\naction: close', 'Proc', []],
  ['type: file\npath: *.txt\naction: ignore\n---\ntype: file', 'FisRel', [/on lines 4-5: no 'action'$/]],
  ['# comment\n\ntype: file\npath: /*\naction: ignore', 'FisRel', [/^data\.txt$/]],
  ['type: file\naction: error', 'CpJar', [/cases\.jar$/]],
])('the policy %j on %s is what CRaC makes of it', async (text, program, expected) => {
  const answer = await running(`${policies(text)} ${cases} ${program}`, (app) => app.ask())
  expect(messages(answer)).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as unknown))
  expect(answer.outcome).toBe(expected.length === 0 ? 'passed' : 'refused')
})

test('only listening sockets can be reopened in 25, and none in 21', async () => {
  const reopen = policies('type: socket\naction: reopen')
  const listening = await running(`${reopen} ${cases} Ssc`, (app) => app.ask())
  expect(listening).toMatchObject({
    outcome: 'passed',
    note: expect.not.stringContaining('afterRestore') as unknown,
  })
  const connected = await running(`${reopen} ${cases} Connected`, (app) => app.ask())
  expect(
    messages(connected).filter((message) => message === 'Reopen not implemented on sockets'),
  ).toHaveLength(4)
  expect(messages(connected).filter((message) => message.startsWith('FileDescriptor '))).toHaveLength(2)
  const before = await running(`${reopen} ${cases} Ssc`, (app) => app.ask(), { as: '21' })
  expect(before).toMatchObject({
    outcome: 'passed',
    note: expect.stringContaining('afterRestore fails') as unknown,
  })
})

test('javax.crac is there for the 21 line, and missing in 25 as it will be', async () => {
  const answer = await running(`${cases} ResJavax`, (app) => app.ask(), { as: '21' })
  expect(messages(answer)).toEqual(['javax refuses'])
  const app = RehearsedApp.start(workshop, jdk, '25', `${cases} ResJavax`)
  await app.ended()
  expect(app.stderr).toContain('NoClassDefFoundError: javax/crac/Resource')
})

test.each([
  '-Xcheck:jni',
  '-XX:+UseSerialGC',
  '-XX:+UseParallelGC',
  '-XX:+UseG1GC',
  '-XX:+UseZGC',
  '-Xshare:off',
  '-Xint',
])('the answer is the same with %s, and the JVM has nothing to complain of', async (option) => {
  for (const jdk of jdks) {
    const { answer, app } = await running(
      `${option} ${cases} SelIdle`,
      async (app) => ({ answer: await app.ask(), app }),
      { jdk },
    )
    expect(answer.findings.map(({ type }) => type)).toEqual([
      'BusySelectorException',
      ...Array<string>(4).fill('CheckpointOpenSocketException'),
    ])
    expect(app.stdout.replace(/END.*\n/, '')).toBe('READY\n')
  }
})

const withManager = jdks.find(({ feature }) => feature < 24)
test.skipIf(withManager === undefined)(
  'a security manager does not hinder it (skipped where no JDK has one)',
  async () => {
    const policy = join(workshop.folder, 'security.policy')
    writeFileSync(
      policy,
      'grant { permission java.io.FilePermission "data.txt", "read"; permission java.lang.RuntimePermission "shutdownHooks"; };',
    )
    const answer = await running(
      `-Djava.security.manager -Djava.security.policy==${policy} ${cases} FisRel`,
      (app) => app.ask(),
      { ...(withManager === undefined ? {} : { jdk: withManager }) },
    )
    expect(messages(answer)).toEqual(['data.txt'])
  },
)

test('an app that opens and closes without pause is never blamed for it', { timeout: 240_000 }, async () => {
  await running(`${cases} Busy`, async (app) => {
    for (let i = 0; i < 8; i++) {
      const answer = await app.ask('25', 60_000)
      expect(messages(answer)).toEqual([])
    }
  })
})

test('the options do not depend on the JDK', () => {
  expect(rehearsalOptions('21.0.4')).toEqual([
    '-XX:+IgnoreUnrecognizedVMOptions',
    '-XX:+EnableDynamicAgentLoading',
    expect.stringMatching(/^-agentpath:\/.*\/librehearsal\.so=cracVersion=21\.0\.4$/),
  ])
})

const unanswered = { cracVersion: '25', timeoutMs: 300, jdkFeature: 25 } as const
test.each([
  [
    'refuses to load',
    () => Promise.resolve({ code: -1, output: 'return code: -1' }),
    'ENGINE_REFUSED',
    /code -1/,
  ],
  [
    'loads and writes nothing',
    () => Promise.resolve({ code: 0, output: '' }),
    'ENGINE_NO_ANSWER',
    /has not written/,
  ],
  [
    'writes something else',
    (_library: string, options: string) => write(options, '{"outcome":"fine"}'),
    'ENGINE_NO_ANSWER',
    /can't be read/,
  ],
  [
    'writes half of it',
    (_library: string, options: string) => write(options, '{"outcome"'),
    'ENGINE_NO_ANSWER',
    /can't be read/,
  ],
  ['never answers', () => new Promise<never>(() => undefined), 'ENGINE_TIMEOUT', /within 300 ms/],
] as const)('an agent that %s gives no verdict', async (_what, load, code, message) => {
  const error = await failure(rehearse({ ...unanswered, load, folder: join(workshop.folder, '..') }))
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) as unknown })
})

test('a caller that gives up gets an error at once', async () => {
  const load = () => new Promise<never>(() => undefined)
  const error = await failure(
    rehearse({
      ...unanswered,
      timeoutMs: 60_000,
      load,
      folder: workshop.folder,
      signal: AbortSignal.abort(),
    }),
  )
  expect(error).toMatchObject({ code: 'ENGINE_TIMEOUT' })
})

function write(options: string, text: string): Promise<{ code: number; output: string }> {
  writeFileSync(/out=(.*?),cracVersion/.exec(options)?.[1] ?? '', text)
  return Promise.resolve({ code: 0, output: '' })
}
