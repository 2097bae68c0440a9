import { expect, test } from 'vitest'
import { EngineError } from '../../../harness/model/errors.js'
import { jdk } from '../../support/java.js'
import { cases, failure, messages, workshopFor, RehearsedApp, running } from './programs/rehearsed-app.js'
import { sources } from './programs/rehearsal-programs.js'

const workshop = workshopFor(sources)

// The program registers its first resource twice: in the 25 line jdk.crac.ContextWrapper makes a new wrapper each time,
// and the older one stays in jdk.internal.crac.mirror.impl.OrderedContext until garbage is collected; in the 21 line
// jdk.crac.impl.OrderedContext maps resources to their order.
test.each([
  ['25', ['1', '1']],
  ['21', ['1']],
] as const)(
  'resources are notified last registered first and restored in order; one that throws hides no other, as %s',
  async (as, first) => {
    await running(
      workshop,
      `${cases} Order`,
      async (app) => {
        const answer = await app.ask()
        expect(messages(answer)).toEqual(['four, inside', 'three'])
        expect(app.stdout.split('\n').filter((line) => / \d$/.test(line))).toEqual([
          ...['4', '3', '2', ...first].map((name) => `before ${name}`),
          ...[...first, '2', '3', '4'].map((name) => `after ${name}`),
        ])
        await app.ask()
        expect(app.stdout).toContain('before 5')
      },
      { as },
    )
  },
)

test('a resource that never returns is a time-out with its stack, and the JVM can still be asked', async () => {
  await running(workshop, `${cases} Hang`, async (app) => {
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

test('a checkpoint inside a checkpoint is refused inside and outside', async () => {
  await running(workshop, `${cases} Nested`, async (app) => {
    const answer = await app.ask()
    expect(messages(answer)).toEqual(['Recursive checkpoint is not allowed'])
    expect(app.stdout).toContain('inside: Recursive checkpoint is not allowed')
  })
})

test('a failing afterRestore does not refuse, but is told', async () => {
  const answer = await running(workshop, `${cases} RestoreFails`, (app) => app.ask())
  expect(answer.outcome).toBe('passed')
  expect(answer.afterRestore).toMatchObject([{ type: 'java.io.IOException', message: 'not again' }])
})

test('javax.crac is there for the 21 line, and missing in 25 as it will be', async () => {
  const answer = await running(workshop, `${cases} ResJavax`, (app) => app.ask(), { as: '21' })
  expect(messages(answer)).toEqual(['javax refuses'])
  const app = RehearsedApp.start(workshop, jdk, '25', `${cases} ResJavax`)
  await app.ended()
  expect(app.stderr).toContain('NoClassDefFoundError: javax/crac/Resource')
})
