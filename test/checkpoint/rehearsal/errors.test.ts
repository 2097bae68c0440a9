import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rehearsalOptions, rehearseWhenAsked } from '../../../harness/checkpoint/rehearsal/rehearsal.js'
import { jdk } from '../../support/java.js'
import { notificationPrograms } from './programs/notification-programs.js'
import { cases, messages, workshopFor, running } from './programs/rehearsed-app.js'

// What is no Exception passes through CRaC's contexts: jdk.crac.impl.AbstractContext (21) and
// jdk.internal.crac.mirror.impl.AbstractContext (25) catch Exception, Core.checkpointRestore1 the two aggregates. A
// passing checkpoint has its answer before afterRestore: HotSpot's effectively_complete_raw
// (docs/crac/decisions.md 1.1, step 11).

const workshop = workshopFor(notificationPrograms)

const told = (stdout: string): string[] =>
  stdout.split('\n').filter((line) => /^(before|after|caught) /.test(line))

test('an Error out of a resource refuses the checkpoint, and nobody is restored', async () => {
  await running(workshop, `${cases} ResError`, async (app) => {
    const answer = await app.ask()
    expect(answer).toMatchObject({
      outcome: 'refused',
      output: `${app.pid}:\njava.lang.AssertionError: an error\n`,
      restore: null,
    })
    expect(answer.findings).toMatchObject([{ type: 'AssertionError', message: 'an error', fd: null }])
    expect(answer.note).toContain('nothing was judged')
    expect(app.stdout).not.toContain('after')
  })
})

test('so does what is neither Error nor Exception, and the next request is answered', async () => {
  await running(workshop, `${cases} Ends before file`, async (app) => {
    for (let round = 1; round <= 2; round++) {
      const answer = await app.ask()
      expect(answer).toMatchObject({
        outcome: 'refused',
        output: `${app.pid}:\njava.lang.Throwable: neither\n`,
        findings: [{ type: 'Throwable', message: 'neither' }],
      })
      expect(told(app.stdout)).toHaveLength(2 * round)
    }
    expect(told(app.stdout).slice(0, 2)).toEqual(['before three', 'before two'])
  })
})

test('an Error out of afterRestore ends the restore, and the checkpoint has passed', async () => {
  await running(workshop, `${cases} Ends after exception`, async (app) => {
    const answer = await app.ask()
    expect(answer).toMatchObject({
      outcome: 'passed',
      output: `${app.pid}:\nCommand executed successfully\n`,
      findings: [],
    })
    // The exception before it is lost, as the RestoreException that would carry it is never thrown.
    expect(answer.restore?.failures).toEqual(['java.lang.AssertionError: too late'])
    expect(answer.note).toContain('resources registered later are not told')
    expect(answer.note).not.toContain('nothing was judged')
    expect(answer.judgements.size).toBeGreaterThan(2)
    expect(told(app.stdout)).toEqual([
      ...['before three', 'before two', 'before one'],
      ...['after one', 'after two'],
    ])
  })
})

test('after a refused checkpoint such an Error is all that jcmd shows; the findings are told still', async () => {
  await running(workshop, `${cases} Ends after file`, async (app) => {
    const answer = await app.ask()
    expect(answer.outcome).toBe('refused')
    expect(answer.output).toBe(`${app.pid}:\njava.lang.AssertionError: too late\n`)
    expect(messages(answer)).toEqual(['data.txt', 'too late'])
    expect(answer.note).toContain('jcmd shows it instead of the findings')
  })
})

test.each([
  ['before', 'refused', 'caught java.lang.Throwable: neither'],
  ['after', 'passed', 'caught java.lang.AssertionError: too late'],
] as const)(
  'an app that asks itself gets what was thrown in %s, and the harness its answer',
  async (when, outcome, caught) => {
    const folder = mkdtempSync(join(workshop.folder, '..', 'asked-'))
    const answered = rehearseWhenAsked({
      folder,
      cracVersion: '25',
      jdkFeature: jdk.feature,
      onJudged: () => Promise.resolve(),
      signal: AbortSignal.timeout(30_000),
    })
    await running(
      workshop,
      `${cases} Ends asks ${when}`,
      async (app) => {
        expect(await answered).toMatchObject({ outcome })
        expect(told(app.stdout).at(-1)).toBe(caught)
      },
      { options: rehearsalOptions('25', folder) },
    )
  },
)
