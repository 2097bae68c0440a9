import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { jdks } from '../../support/java.js'
import { plain } from '../../support/plain.js'
import { orgCracContextProgram, orgCracProgram } from './programs/notification-programs.js'
import { buildAgent, messages, openWorkshop, running, type Workshop } from './programs/rehearsed-app.js'
import { capability, needing, type Capability } from '../../support/capability.js'

const jarOf = (release: string): string =>
  plain(join(packageRoot, 'build', 'org-crac', `crac-${release}.jar`))
const releases = ['0.1.3', '1.3.0', '1.4.0', '1.5.0']
const orgCrac = (release: string): Capability =>
  capability('org-crac', existsSync(jarOf(release)), `there is no ${jarOf(release)}; "npm test" fetches it`)
const each = releases.flatMap((release) => jdks.map((jdk) => ({ release, feature: jdk.feature, jdk })))

let workshop: Workshop
beforeAll(() => {
  buildAgent()
  workshop = openWorkshop()
  const sources = { 'Org.java': orgCracProgram, 'OrgContext.java': orgCracContextProgram }
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(workshop.folder, name), text)
  const javac = jdks.map(({ home }) => join(home, 'bin', 'javac')).find((path) => existsSync(path)) ?? 'javac'
  const jar = releases.map(jarOf).find((path) => existsSync(path))
  if (jar !== undefined)
    execFileSync(
      javac,
      ['-g', '--release', '17', '-cp', jar, '-d', workshop.folder, ...Object.keys(sources)],
      { cwd: workshop.folder, timeout: 60_000 },
    )
}, 120_000)
afterAll(() => workshop.remove())

const told = (stdout: string): string[] =>
  stdout.split('\n').filter((line) => /^(before|after|refused) /.test(line))
const everyone = [
  ...['before three', 'before throws', 'before one'],
  ...['after one', 'after throws', 'after three'],
]

for (const { release, feature, jdk } of each)
  needing(orgCrac(release))(
    `resources of org.crac ${release} are notified in order, held weakly, and their exceptions told, on JDK ${feature}`,
    async () => {
      await running(
        workshop,
        `-cp ${workshop.folder}:${jarOf(release)} Org`,
        async (app) => {
          const answer = await app.ask()
          expect(told(app.stdout)).toEqual(everyone)
          expect(messages(answer)).toEqual(['busy', 'not again'])
          expect(answer.restore?.failures).toEqual(['java.io.IOException: not again'])
        },
        { jdk },
      )
    },
  )

for (const release of releases)
  needing(orgCrac(release))(
    `an app that asks through org.crac ${release} gets the refusal as an exception`,
    async () => {
      await running(workshop, `-cp ${workshop.folder}:${jarOf(release)} Org asks`, (app) => {
        expect(told(app.stdout)).toEqual([
          ...everyone,
          'refused [java.lang.IllegalStateException: busy, java.io.IOException: not again]',
        ])
        return Promise.resolve()
      })
    },
  )

// The JDK moves up the parts of its own aggregates only, and org.crac's wrapper translates nothing.
for (const release of releases)
  for (const as of ['25', '21'] as const)
    needing(orgCrac(release))(
      `an aggregate of org.crac ${release} is printed as one, and its parts are the findings, as ${as}`,
      async () => {
        await running(
          workshop,
          `-cp ${workshop.folder}:${jarOf(release)} OrgContext once`,
          async (app) => {
            const answer = await app.ask()
            expect(answer.output).toMatch(
              /\tSuppressed: org\.crac\.CheckpointException\n(?:\t\tat .*\n)*\t\tSuppressed: java\.lang\.Exception: not now\n/,
            )
            expect(answer.findings).toMatchObject([
              { type: 'Exception', message: 'not now', unknowable: false },
              { type: 'Exception', message: 'not again', unknowable: false },
            ])
            expect(answer.restore?.failures).toEqual(['java.lang.Exception: not again'])
          },
          { as },
        )
      },
    )

// org.crac.Core registers a new proxy each time, and holds the last one of a resource only.
needing(orgCrac('1.5.0')).each(['25', '21'] as const)(
  'what org.crac has registered twice is notified twice if no garbage was collected, as %s',
  async (as) => {
    await running(
      workshop,
      `-cp ${workshop.folder}:${jarOf('1.5.0')} OrgContext once again`,
      async (app) => {
        const answer = await app.ask()
        expect(told(app.stdout)).toEqual([
          ...['before context', 'before context'],
          ...['after context', 'after context'],
        ])
        expect(answer.findings.map(({ unknowable }) => unknowable).toSorted()).toEqual([
          ...[false, false],
          ...[true, true],
        ])
        expect(answer.note).toContain('OrgContext was registered more than once')
      },
      { as },
    )
  },
)
