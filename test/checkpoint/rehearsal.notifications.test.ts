import { afterAll, beforeAll, expect, test } from 'vitest'
import { EngineError } from '../../harness/errors.js'
import { jdk } from '../support/java.js'
import {
  buildAgent,
  cases,
  failure,
  messages,
  openWorkshop,
  RehearsedApp,
  running,
  type Workshop,
} from './rehearsed-app.js'
import { sources } from './rehearsal-programs.js'

let workshop: Workshop
beforeAll(() => {
  buildAgent()
  workshop = openWorkshop(sources)
}, 120_000)
afterAll(() => workshop.remove())

test('resources are notified last registered first and restored in order; one that throws hides no other', async () => {
  await running(workshop, `${cases} Order`, async (app) => {
    const answer = await app.ask()
    expect(messages(answer)).toEqual(['four, inside', 'three'])
    expect(app.stdout.split('\n').filter((line) => / \d$/.test(line))).toEqual([
      ...['before 4', 'before 3', 'before 2', 'before 1'],
      ...['after 1', 'after 2', 'after 3', 'after 4'],
    ])
    await app.ask()
    expect(app.stdout).toContain('before 5')
  })
})

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

test('an Error out of a resource refuses the checkpoint, and nobody is restored', async () => {
  await running(workshop, `${cases} ResError`, async (app) => {
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
  await running(workshop, `${cases} Nested`, async (app) => {
    const answer = await app.ask()
    expect(messages(answer)).toEqual(['Recursive checkpoint is not allowed'])
    expect(app.stdout).toContain('inside: Recursive checkpoint is not allowed')
  })
})

test('a failing afterRestore does not refuse, but is told', async () => {
  const answer = await running(workshop, `${cases} RestoreFails`, (app) => app.ask())
  expect(answer.outcome).toBe('passed')
  expect(answer.note).toContain('afterRestore fails')
})

test('javax.crac is there for the 21 line, and missing in 25 as it will be', async () => {
  const answer = await running(workshop, `${cases} ResJavax`, (app) => app.ask(), { as: '21' })
  expect(messages(answer)).toEqual(['javax refuses'])
  const app = RehearsedApp.start(workshop, jdk, '25', `${cases} ResJavax`)
  await app.ended()
  expect(app.stderr).toContain('NoClassDefFoundError: javax/crac/Resource')
})
