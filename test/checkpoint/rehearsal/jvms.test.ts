import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jdks } from '../../support/java.js'
import { cases, messages, workshopFor, type RehearsedApp, running } from './programs/rehearsed-app.js'
import { sources } from './programs/rehearsal-programs.js'
import { capability, needing } from '../../support/capability.js'

const workshop = workshopFor(sources)

const each = jdks.map((one) => [`JDK ${one.feature}`, one] as const)

test.each(each)(
  'an agent that comes late answers, too, and says what it can not know, on %s',
  async (_name, jdk) => {
    const answer = await running(workshop, `${cases} FisRel`, (app) => app.ask(), { jdk, late: true })
    // what this test's own runner left open can't be told from what the app opened
    expect(answer.findings.filter(({ unknowable }) => !unknowable)).toMatchObject([{ message: 'data.txt' }])
    expect(answer.note).toContain('loaded into a running JVM')
  },
)

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
      workshop,
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

needing(capability('jdk17', withManager !== undefined, 'no JDK here has a security manager'))(
  'a security manager does not hinder it',
  async () => {
    const policy = join(workshop.folder, 'security.policy')
    writeFileSync(
      policy,
      'grant { permission java.io.FilePermission "data.txt", "read"; permission java.lang.RuntimePermission "shutdownHooks"; };',
    )
    const answer = await running(
      workshop,
      `-Djava.security.manager -Djava.security.policy==${policy} ${cases} FisRel`,
      (app) => app.ask(),
      { ...(withManager === undefined ? {} : { jdk: withManager }) },
    )
    expect(messages(answer)).toEqual(['data.txt'])
  },
)

/** As many on each JDK as fit into the suite; `CRAC_PREFLIGHT_STRESS=200` is the full one. */
const rehearsals = Number(process.env.CRAC_PREFLIGHT_STRESS ?? 3)

test.each(each)(
  `an app whose 8 threads open and close without pause works on through ${rehearsals} rehearsals and is never blamed, on %s`,
  { timeout: 60_000 + rehearsals * 10_000 },
  async (name, jdk) => {
    const busy = async (app: RehearsedApp): Promise<void> => {
      const rounds = (): number => Number(/.*\nrounds (\d+)\n/s.exec(app.stdout)?.[1] ?? 0)
      for (let i = 0; i < rehearsals; i++) {
        const before = rounds()
        const answer = await app.ask('25', 60_000)
        expect(messages(answer)).toEqual([])
        await expect.poll(rounds, { timeout: 30_000 }).toBeGreaterThan(before)
      }
      expect(app.stdout).not.toContain('Exception')
      if (rehearsals >= 100)
        console.log(`${name}: ${rehearsals} rehearsals, ${rounds()} rounds of the app, no false finding`)
    }
    await running(workshop, `${cases} Busy`, busy, { jdk })
  },
)

test('what a busy app holds is found all the same, once, among all that comes and goes', async () => {
  const answer = await running(workshop, `${cases} Busy held.txt`, (app) => app.ask('25', 60_000))
  expect(messages(answer)).toEqual(['held.txt'])
})
