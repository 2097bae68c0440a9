import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../harness/package-root.js'
import { jdks } from '../support/java.js'
import { orgCracProgram } from './notification-programs.js'
import { buildAgent, messages, openWorkshop, running, type Workshop } from './rehearsed-app.js'

const jarOf = (release: string): string => join(packageRoot, 'build', 'org-crac', `crac-${release}.jar`)
const releases = ['0.1.3', '1.3.0', '1.4.0', '1.5.0']
const missing = releases.filter((release) => !existsSync(jarOf(release)))
if (missing.length > 0)
  console.log(`skipped: no org.crac ${missing.join(', ')} in build/org-crac; see npm run setup`)
const each = releases.flatMap((release) => jdks.map((jdk) => ({ release, feature: jdk.feature, jdk })))

let workshop: Workshop
beforeAll(() => {
  buildAgent()
  workshop = openWorkshop()
  const source = join(workshop.folder, 'Org.java')
  writeFileSync(source, orgCracProgram)
  const javac = jdks.map(({ home }) => join(home, 'bin', 'javac')).find((path) => existsSync(path)) ?? 'javac'
  const jar = releases.map(jarOf).find((path) => existsSync(path))
  if (jar !== undefined)
    execFileSync(javac, ['-g', '--release', '17', '-cp', jar, '-d', workshop.folder, source], {
      timeout: 60_000,
    })
}, 120_000)
afterAll(() => workshop.remove())

const told = (stdout: string): string[] =>
  stdout.split('\n').filter((line) => /^(before|after|refused) /.test(line))
const everyone = [
  ...['before three', 'before throws', 'before one'],
  ...['after one', 'after throws', 'after three'],
]

for (const { release, feature, jdk } of each)
  test.skipIf(missing.includes(release))(
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
  test.skipIf(missing.includes(release))(
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
