import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { lockFindings } from '../../harness/blockers/locks.js'
import { preflight } from '../../harness/preflight.js'
import { reportSchema } from '../../harness/model/report.js'
import { compileJava, fixture, jdk } from '../support/java.js'
import { blockersOf, entry, native } from './literals.js'

const classes = compileJava('locked', [fixture('java', 'LockedFile.java')], 17)
const folder = mkdtempSync(join(tmpdir(), 'locks-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

async function check(
  policies: string | null,
  { arguments: given = [] as string[], options = [] as string[], env = {} } = {},
) {
  const file = join(folder, 'policies')
  writeFileSync(file, policies ?? '')
  const named = policies === null ? [] : [`-Djdk.crac.resource-policies=${file}`]
  const report = await preflight(
    {
      command: [jdk.java, ...named, ...options, '-cp', classes, 'LockedFile', ...given],
      cwd: folder,
      env,
      ready: { log: /READY/ },
    },
    { engine: 'rehearsal', cracVersion: '25', trace: 'preload' },
  )
  return reportSchema.parse(report)
}
const ignore = 'type: file\npath: *.lock\naction: ignore'

test('a locked file is not left to the engine: its policy closes it, and with that the app passes', async () => {
  const { verdict, blockers } = await check(null)
  expect(verdict).toBe('blocked')
  expect(blockers.map(({ remedy }) => remedy)).toEqual([
    {
      policy: 'type: file\npath: in-use.lock\naction: close',
      text: expect.stringContaining('Release the lock and close the file in beforeCheckpoint') as string,
    },
  ])
  expect((await check(blockers[0]?.remedy.policy ?? null)).verdict).toBe('checkpointable')
})

test('a file that a policy leaves to the engine while it is locked blocks the checkpoint, where the engine is CRIU', async () => {
  const { verdict, blockers, descriptors } = await check(ignore)
  expect(verdict).toBe('blocked')
  expect(blockers).toMatchObject([
    {
      kind: 'file',
      summary: expect.stringContaining('in-use.lock') as string,
      findings: [
        { message: expect.stringContaining('left to the engine while a lock is held on it') as string },
      ],
      remedy: { policy: null, text: expect.stringContaining('Release the lock') as string },
    },
  ])
  expect(descriptors.filter(({ verdict }) => verdict === 'blocked').map(({ fd }) => fd)).toEqual(
    blockers[0]?.descriptors,
  )
})

test('an engine that is not CRIU may be named wherever a JVM takes options, and dumps the lock', async () => {
  const options = join(folder, 'options')
  writeFileSync(options, '# the engine\n-Dx=1 -XX:CRaCEngine=warp\n')
  expect((await check(ignore, { options: [`@${options}`] })).verdict).toBe('checkpointable')
  const env = { JAVA_TOOL_OPTIONS: '-Dx=1 -XX:CRaCEngine=warp' }
  expect((await check(ignore, { env })).verdict).toBe('checkpointable')
})

test('a file without a lock may be left to the engine', async () => {
  const free = { arguments: ['free'] }
  const [blocker] = (await check(null, free)).blockers
  expect(blocker?.remedy.policy).toBe('type: file\npath: in-use.lock\naction: ignore')
  expect((await check(ignore, free)).verdict).toBe('checkpointable')
})

test('an allowed prefix lets a locked file through no more than a policy does', async () => {
  const held = entry(9, 'file', '/srv/index/LOCK', ['com.acme.Index.open:3'], { locked: true })
  const judged = (rule: string) => new Map([[9, { rule }]])
  const allowed = judged('allowed in -XX:CRaCAllowedOpenFilePrefixes')
  const findings = lockFindings([held], allowed, '-Xmx1g -XX:CRaCEngine=warp -XX:CRaCEngine=/opt/criuengine')
  expect(findings).toHaveLength(1)
  expect(await blockersOf(findings, [held])).toMatchObject([
    { id: 'file:com.acme.Index.open', descriptors: [9], remedy: { policy: null } },
  ])
  expect(lockFindings([entry(9, 'file', '/srv/index/LOCK')], allowed, '')).toEqual([])
  expect(lockFindings([held], judged('a file policy covers it'), '')).toEqual([])
  const [blocker] = await blockersOf([native(9, 'regular', '/srv/index/LOCK')], [held])
  expect(blocker?.remedy.text).not.toContain('AllowedOpenFilePrefixes')
  expect(blocker?.remedy.text).toContain('holds a lock on this file')
})
