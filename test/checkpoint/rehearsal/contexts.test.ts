import { expect, test } from 'vitest'
import { notificationPrograms } from './programs/notification-programs.js'
import { cases, failure, messages, workshopFor, running } from './programs/rehearsed-app.js'

const workshop = workshopFor(notificationPrograms)

const told = (stdout: string): string[] => stdout.split('\n').filter((line) => /^(before|after) /.test(line))

test('a resource that nobody else holds is forgotten, and not notified', async () => {
  await running(workshop, `${cases} Forgotten`, async (app) => {
    expect((await app.ask()).outcome).toBe('passed')
    expect(told(app.stdout)).toEqual(['before held', 'after held'])
  })
})

test("an app's own context is one resource of the global one, has its own order, and its exceptions are moved up", async () => {
  await running(workshop, `${cases} OwnContext`, async (app) => {
    const answer = await app.ask()
    expect(messages(answer)).toEqual(['not now', 'not again'])
    expect(told(app.stdout)).toEqual([
      ...['before first', 'before second', 'before outer'],
      ...['after outer', 'after second', 'after first'],
    ])
  })
})

// 21: jdk.crac.impl.ExceptionHolder compares classes; 25: jdk.crac.ResourceWrapper catches what is a CheckpointException.
test.each([
  ['25', ['inside']],
  ['21', ['mine']],
] as const)("a subclass of the API's aggregate is one for the 25 line alone, as %s", async (as, said) => {
  const answer = await running(workshop, `${cases} Subclass`, (app) => app.ask(), { as })
  expect(messages(answer)).toEqual(said)
})

// The references stand in rehearsal.notifications.test.ts.
test('a resource that is registered twice is notified twice in the 25 line, if no garbage was collected', async () => {
  await running(workshop, `${cases} Twice`, async (app) => {
    const answer = await app.ask()
    expect(answer.findings.map(({ message, unknowable }) => [message, unknowable])).toEqual([
      ['equal', false],
      ['equal', true],
      ['same', false],
      ['same', true],
    ])
    expect(answer.note).toContain('Twice$Equal was registered more than once')
    expect(answer.note).toContain('depends on garbage collection')
    // This has collected garbage, as a CRaC JDK does when it is asked.
    expect(messages(await app.ask())).toEqual(['equal', 'same'])
  })
})

test('once garbage was collected, or in the 21 line, it is notified once', async () => {
  const collected = await running(workshop, `${cases} Twice gc`, (app) => app.ask())
  expect(messages(collected)).toEqual(['equal', 'same'])
  expect(collected.note).toContain('Twice$Equal was registered more than once')
  const then = await running(workshop, `${cases} Twice`, (app) => app.ask(), { as: '21' })
  expect(messages(then)).toEqual(['equal', 'same'])
  expect(then.note ?? '').not.toContain('more than once')
})

test('an afterRestore that never returns is a time-out with its stack', async () => {
  await running(workshop, `${cases} RestoreHangs`, async (app) => {
    const timeout = await failure(app.ask('25', 6000))
    expect(timeout).toMatchObject({ code: 'ENGINE_TIMEOUT' })
    expect(String(timeout)).toMatch(/afterRestore of RestoreHangs has not returned/)
    expect(String(timeout)).toMatch(/at .*RestoreHangs\.forever\(RestoreHangs\.java:\d+\)/)
  })
})

test('two threads that ask at once are served one after the other', async () => {
  await running(workshop, `${cases} TwoAsk`, (app) => {
    expect(told(app.stdout)).toEqual(['before slow', 'after slow', 'before slow', 'after slow'])
    expect(app.stdout.match(/^restored$/gm)).toHaveLength(2)
    return Promise.resolve()
  })
})
