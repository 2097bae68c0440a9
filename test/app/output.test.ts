import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { holdProcess } from '../../harness/app/process.js'
import type { StartedApp } from '../../harness/app/held.js'
import { cli, run } from '../cli/command-line.js'

const folder = mkdtempSync(join(tmpdir(), 'output-'))
const env = { PATH: process.env.PATH ?? '' }
const apps: StartedApp[] = []
let logs = 0

async function start(script: string, maxOutputBytes?: number): Promise<StartedApp & { log: string }> {
  const log = join(folder, `${logs++}.log`)
  const held = await holdProcess({
    command: ['sh', '-c', script],
    cwd: folder,
    env,
    logFile: log,
    maxOutputBytes,
  })
  const app = held.release()
  apps.push(app)
  return { ...app, log }
}

afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop()
})

const MB = 2 ** 20
const onDisk = (file: string): number => statSync(file).blocks * 512

test('of 200 MB the newest part is kept, in memory and on disk, and what was watched for is seen', async () => {
  const app = await start(
    'yes filler | head -c 100M; echo; echo here; yes filler | head -c 100M; echo; echo the end',
    MB,
  )
  const seen = app.output.line(/^here$/, AbortSignal.timeout(60_000))
  await app.exited
  expect(await seen).toBe('here')
  expect(app.output.text.endsWith('\nthe end\n')).toBe(true)
  expect(app.output.text.length).toBe(MB)
  expect(onDisk(app.log)).toBeLessThan(64 * MB)
  // An image remembers the size, so that stays.
  expect(statSync(app.log).size).toBeGreaterThan(200 * MB)
}, 60_000)

test('a log that claims to be a terabyte long is read from its newest part', async () => {
  const app = await start('truncate -s 1T /proc/self/fd/1; echo the end')
  expect(await Promise.race([app.exited, sleep(10_000)])).toBe(0)
  expect(app.output.text.endsWith('\0the end\n')).toBe(true)
}, 30_000)

test('it is read as fast as cat reads it', async () => {
  const size = 300 * MB
  const begin = performance.now()
  const app = await start(`yes filler | head -c ${size}`)
  await app.exited
  const followed = performance.now() - begin
  const cat = join(folder, 'cat.log')
  await once(spawn('sh', ['-c', `yes filler | head -c ${size} > ${cat}; cat ${cat} > ${cat}.2`]), 'exit')
  const alone = performance.now() - begin - followed
  expect(followed / alone).toBeLessThan(4)
}, 60_000)

test('what is kept can be chosen, and a character is never cut', async () => {
  const app = await start("for i in 1 2 3; do printf '%06000d' 0 | sed s/0/€/g; done", 4096)
  await app.exited
  expect(app.output.text).toMatch(/^€+$/)
  expect(app.output.text.length).toBe(Math.floor(4096 / 3))
})

test('reading ends with the app, even if others still write', async () => {
  const app = await start(
    "setsid sh -c 'echo $$ > pid; exec yes' & while ! [ -s pid ]; do sleep 0.01; done; exit 0",
  )
  try {
    expect(await Promise.race([app.exited, sleep(5000)])).toBe(0)
  } finally {
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL')
  }
}, 20_000)

test('--max-output says how much is kept', async () => {
  const reports = join(folder, 'reports')
  const app = ['sh', '-c', 'for i in $(seq 3000); do echo line $i; done; exit 1']
  const args = ['check', '--trace', 'none', '--max-output', '8k', '--report-folder', reports, '--', ...app]
  expect((await run(args)).code).toBe(3)
  const log = readFileSync(join(reports, 'app.log'), 'utf8')
  expect(log.length).toBe(8192)
  expect(log.endsWith('line 3000\n')).toBe(true)
  const wrong = await run(['check', '--max-output', '1t', '--', 'true'])
  expect(wrong.stderr).toContain('--max-output can\'t be "1t". Give at least 4k, like 512k or 16m.')
  expect(wrong.code).toBe(2)
})

// A neighbour that has both processors for a second is no fault of ours.
test(
  'Ctrl-C ends within three seconds a check of an app that prints without end and ignores SIGTERM',
  { retry: 2, timeout: 30_000 },
  async () => {
    const script = 'trap "" TERM; while :; do yes filler | head -c 50M; done'
    const args = [cli, 'check', '--trace', 'none', '--ready', 'log=/NEVER/', '--', 'sh', '-c', script]
    const own = mkdtempSync(join(tmpdir(), 'interrupted-'))
    const child = spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, TMPDIR: own } })
    const isPrinting = () =>
      readdirSync(own, { recursive: true, encoding: 'utf8' }).some(
        (file) => file.endsWith('app.log') && statSync(join(own, file)).size > MB,
      )
    await expect.poll(isPrinting, { timeout: 10_000 }).toBe(true)
    const begin = performance.now()
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([130, null])
    expect(performance.now() - begin).toBeLessThan(3000)
    await expect.poll(() => readdirSync(own)).toEqual([])
  },
)
