import { expect, test } from 'vitest'
import { jdks } from '../../support/java.js'
import { notificationPrograms } from './programs/notification-programs.js'
import { sources } from './programs/rehearsal-programs.js'
import { cases, workshopFor, running } from './programs/rehearsed-app.js'

const workshop = workshopFor({ ...sources, ...notificationPrograms })

test.each(jdks.map((one) => [one.feature, one] as const))(
  'what resources close is looked for after the restore, and what fails there is told, on JDK %i',
  async (_feature, jdk) => {
    await running(
      workshop,
      `${cases} Reopens`,
      async (app) => {
        const answer = await app.ask()
        const port = /port (\d+)/.exec(app.stdout)?.[1] ?? ''
        expect(answer.outcome).toBe('passed')
        // The listener comes back on another thread, a little later; the accepted connection is for its client to open.
        expect(answer.restore?.restored.toSorted()).toEqual([
          `${workshop.folder}/data.txt`,
          `tcp 127.0.0.1:${port} listening`,
        ])
        expect(answer.restore?.missing).toEqual([`${workshop.folder}/data.zip`])
        // Its owner connects again when it is used.
        expect(answer.restore?.onUse).toEqual([`tcp to 127.0.0.1:${port}`])
        expect(answer.restore?.failures).toEqual(['java.io.IOException: the pool is gone'])
        expect(answer.afterRestore).toMatchObject([
          {
            type: 'java.io.IOException',
            message: 'the pool is gone; caused by java.net.ConnectException: refused',
          },
        ])
        expect(answer.afterRestore[0]?.creationStack[0]).toMatchObject({
          class: 'Reopens$Files',
          method: 'afterRestore',
        })
        expect(answer.note).toMatch(/restored: \[.*data\.txt.*\] missing: \[.*data\.zip.*\]/)
      },
      { jdk },
    )
  },
)

test('an app without resources has nothing to miss', async () => {
  const answer = await running(workshop, `${cases} Connected`, (app) => app.ask())
  expect(answer.restore).toEqual({ restored: [], missing: [], onUse: [], failures: [] })
})

test('exceptions of afterRestore stand in the order of the callbacks, and refuse nothing', async () => {
  const answer = await running(workshop, `${cases} RestoreFails`, (app) => app.ask())
  expect(answer).toMatchObject({
    outcome: 'passed',
    findings: [],
    restore: { failures: ['java.io.IOException: not again'] },
  })
})

test('options of a CRaC JDK do no harm and are listed', async () => {
  const given =
    '-XX:CRaCCheckpointTo=cr -XX:CREngine=simengine -XX:+CRaCPrintResourcesOnCheckpoint -XX:CPUFeatures=generic'
  const answer = await running(workshop, `${given} ${cases} Hello`, (app) => app.ask())
  expect(answer.note).toContain(`Options that only a CRaC JDK knows were tolerated: ${given}.`)
})

test('what comes back on another port that the kernel chose, later or when it is used is not missing', async () => {
  const answer = await running(workshop, `${cases} ReopensLater`, (app) => app.ask())
  expect(answer.restore?.missing).toEqual([])
  expect(answer.restore?.restored.map((target) => target.replace(/\d{5}/, 'N')).toSorted()).toEqual([
    'tcp 127.0.0.1:N listening',
    expect.stringMatching(/^udp \[.*\]:N$/),
  ])
  expect(answer.restore?.onUse).toEqual([expect.stringMatching(/more\.jar$/)])
  expect(answer.note ?? '').not.toContain('not there again')
})

test('what was bound to a port that somebody asked for is missing where only another one comes back', async () => {
  const answer = await running(workshop, `${cases} ReopensElsewhere`, (app) => app.ask())
  expect(answer.restore?.missing).toEqual([expect.stringMatching(/^tcp 127\.0\.0\.1:\d+ listening$/)])
})
