import { afterAll, beforeAll, expect, test } from 'vitest'
import { notificationPrograms } from './notification-programs.js'
import {
  buildAgent,
  cases,
  failure,
  messages,
  openWorkshop,
  running,
  type Workshop,
} from './rehearsed-app.js'

let workshop: Workshop
beforeAll(() => {
  buildAgent()
  workshop = openWorkshop(notificationPrograms)
}, 120_000)
afterAll(() => workshop.remove())

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

test('an afterRestore that never returns is a time-out with its stack', async () => {
  await running(workshop, `${cases} RestoreHangs`, async (app) => {
    const timeout = await failure(app.ask('25', 1500))
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
