import { readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rehearsalOptions, rehearse } from '../../../harness/checkpoint/rehearsal/rehearsal.js'
import { jdks } from '../../support/java.js'
import { cases, failure, workshopFor, running } from './programs/rehearsed-app.js'
import { sources } from './programs/rehearsal-programs.js'

const workshop = workshopFor(sources)

const each = jdks.map((one) => [`JDK ${one.feature}`, one] as const)

const descriptors = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`).map((fd) => `${fd} ${readlinkSync(`/proc/${pid}/fd/${fd}`)}`)

test.each(each)(
  'a listening channel is refused with its descriptor and address, on %s',
  async (_name, jdk) => {
    const answer = await running(workshop, `${cases} Ssc`, (app) => app.ask(), { jdk })
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
      workshop,
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
        const after = descriptors(app.pid)
        const isSocket = (line: string): boolean => line.includes('socket:')
        expect(after.filter((line) => !isSocket(line))).toEqual(before.filter((line) => !isSocket(line)))
        // The JVM's own attach listener.
        expect(after.filter(isSocket).length).toBe(before.filter(isSocket).length + 1)
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
    workshop,
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

test('what the 25 line has reworked is never presented as certain', async () => {
  const now = await running(workshop, `${cases} AsyncSock`, (app) => app.ask())
  const then = await running(workshop, `${cases} AsyncSock`, (app) => app.ask(), { as: '21' })
  const doubtful = now.findings.filter(({ unknowable }) => unknowable)
  expect(doubtful.map(({ type }) => type)).toEqual(Array(3).fill('CheckpointOpenResourceException'))
  expect(now.note).toContain('unknowable on a stock JDK')
  expect(then.findings.filter(({ unknowable }) => unknowable)).toEqual([])
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
