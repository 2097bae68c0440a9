/** An app that asks for its own checkpoint on a CRaC JDK: what a real 21.0.4 printed and did, played by a real JVM. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { AppOutput } from '../../../harness/app/output.js'
import { localHost } from '../../../harness/host/local-host.js'
import { preflight } from '../../../harness/preflight.js'
import { ImageFolder } from '../../../harness/run/crac/image-folder.js'
import { answerToApp } from '../../../harness/run/crac/own-checkpoint.js'
import { cracJdk } from '../../support/forking-launcher.js'
import { compileJava, fixture, jdk } from '../../support/java.js'

const { java } = cracJdk(jdk, 'own')
const classes = compileJava('asks', [fixture('java/17/Asks.java')], 17)
const recordings = fixture('transcripts', 'own-checkpoint-21.0.4.txt')
const cwd = mkdtempSync(join(tmpdir(), 'own-checkpoint-'))
writeFileSync(join(cwd, 'OwnFail.java'), '')
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true })
})

/** Checks an app that plays a recorded case; `then` is what engine and app do when the JVM has answered. */
const check = (name: string, then: string[], options: string[] = [], recorded = recordings) =>
  preflight(
    {
      command: [java, ...options, '-cp', classes, 'Asks', recorded, name, ...then],
      cwd,
      ready: { log: /never/ },
      timeoutMs: 30_000,
    },
    { trace: 'preload' },
  )

const real = (folder: string) => ['-XX:CREngine=criuengine', `-XX:CRaCCheckpointTo=${folder}`]
const nexts = [
  ['waits', ['wait']],
  ['ends', ['exit', '1']],
] as const

test.for(nexts)('one that passes is checkpointable when the app %s', async ([, then]) => {
  const report = await check('own-pass-simengine', [...then])
  expect(report).toMatchObject({ failure: null, verdict: 'checkpointable', engine: { name: 'crac' } })
  expect(report.engine).toMatchObject({ note: expect.stringContaining('asked for this checkpoint itself') })
})

test.for(nexts)('one that is refused is blocked, with its owner, when the app %s', async ([what, then]) => {
  const report = await check('own-fail-simengine-stacks', [...then])
  expect(report).toMatchObject({ failure: null, verdict: 'blocked', engine: { name: 'crac' } })
  expect(report.blockers).toHaveLength(1)
  const [blocker] = report.blockers
  expect(blocker).toMatchObject({ kind: 'file', findings: [{ message: 'OwnFail.java' }] })
  // The ledger knows who opened it in an app that lives on; of one that has ended the JVM's own stack is left.
  const owner = what === 'waits' ? /^Asks\.open\(Asks\.java:\d+\)$/ : /^(?:Asks\.open|OwnFail\.main)\(/
  expect(blocker?.owner?.frame).toMatch(owner)
})

test('one whose stacks were not collected is refused all the same', async () => {
  const report = await check('own-fail-simengine', ['exit', '1'], ['-Djdk.crac.collect-fd-stacktraces=false'])
  expect(report).toMatchObject({ failure: null, verdict: 'blocked' })
  expect(report.blockers).toMatchObject([{ kind: 'file', findings: [{ message: 'OwnFail.java' }] }])
})

test.for(nexts)(
  'a RestoreException is a blocker whose owner is its own line; the app %s',
  async ([, then]) => {
    const report = await check('own-restore-throws', [...then])
    expect(report).toMatchObject({ failure: null, verdict: 'blocked' })
    expect(report.blockers).toHaveLength(1)
    expect(report.blockers[0]).toMatchObject({
      kind: 'after-restore',
      owner: { frame: 'OwnRestoreThrows.afterRestore(OwnRestoreThrows.java:4)' },
    })
    expect(report.engine.restore?.failures).toEqual(['IllegalStateException: no licence server'])
  },
)

test('a JVM that is not configured for checkpoints says so', async () => {
  const report = await check('own-not-configured', ['exit', '1'])
  expect(report).toMatchObject({ failure: null, verdict: 'blocked' })
  expect(report.blockers).toMatchObject([{ findings: [{ message: 'C/R is not configured' }] }])
})

test('one that a real engine ended counts by its image, which is kept with the log', async () => {
  const folder = join(cwd, 'cr')
  const report = await check('own-pass-criu', ['image', folder, 'killed'], real('cr'))
  expect(report).toMatchObject({ failure: null, verdict: 'checkpointable', app: { exit: null } })
  expect(report.engine.note).toContain(folder)
  expect(readdirSync(folder)).toContain('inventory.img')
  // The image's standard output: without it there is no restore.
  expect(existsSync(`${folder}.log`)).toBe(true)

  // The next image needs a log of its own, and the first one must not prove the second.
  const again = await check('own-pass-criu', ['killed'], real('cr'))
  expect(again).toMatchObject({ verdict: 'failed', failure: { code: 'ENGINE_NO_ANSWER' } })
  expect(again.failure?.message).toContain('no complete image')
  expect(readdirSync(cwd).filter((name) => name.endsWith('.log'))).toEqual(['cr.log'])
})

/** As it is printed where the engine ends with an error; nobody has recorded one of an app's own checkpoint. */
const engineFails = [
  ...['### engine-fails: java OwnPass', '-- stdout', 'before', 'CR: Checkpoint ...'],
  'JVM: invalid info for restore provided: queued code -1',
  ...['-- stderr', 'Exception in thread "main" jdk.crac.CheckpointException'],
  '\tSuppressed: java.lang.RuntimeException: Native checkpoint failed.',
]

test('why a real engine gave up stands in its log, and is the finding', async () => {
  const folder = join(cwd, 'given-up')
  const recorded = join(cwd, 'engine-fails.txt')
  writeFileSync(recorded, engineFails.join('\n'))
  const why = '(00.06) Error (criu/sk-unix.c:843): unix: External socket is used.\n'
  const report = await check('engine-fails', ['log', folder, why, 'exit', '1'], real(folder), recorded)
  expect(report).toMatchObject({ failure: null, verdict: 'blocked' })
  expect(report.blockers).toMatchObject([
    { findings: [{ message: expect.stringMatching(/^unix: External socket is used/) as string }] },
  ])
  expect(report.engine.output).toContain('dump4.log:')
  // Without an image nobody needs it.
  expect(existsSync(`${folder}.log`)).toBe(false)
})

test('a real engine that neither ends the JVM nor fails is not waited for without end', async () => {
  const printed = join(cwd, 'hangs.log')
  writeFileSync(printed, 'CR: Checkpoint ...\n')
  const output = await AppOutput.create(printed)
  const asked = answerToApp({
    app: { output, exited: new Promise<never>(() => undefined) },
    image: await ImageFolder.open(join(cwd, 'hangs'), localHost),
    simulated: false,
    signal: new AbortController().signal,
    onAsked: () => undefined,
    engineMs: 1000,
  })
  await expect(asked).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' })
  await output.close()
})
