import { mkdtempSync, readFileSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { holdProcess } from '../../harness/app/process.js'
import { packageRoot, probesFolder } from '../../harness/package-root.js'

const folder = mkdtempSync(join(tmpdir(), 'process-'))
let logs = 0
const hold = (command: string[], env: Record<string, string> = {}) =>
  holdProcess({
    command,
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...env },
    logFile: join(folder, `${logs++}.log`),
  })

test('nothing of the app runs before it is released', async () => {
  const held = await hold(['sh', '-c', 'echo ran'])
  expect(readlinkSync(`/proc/${held.pid}/exe`)).toMatch(/gate$/)
  const app = held.release()
  expect(await app.exited).toBe(0)
  expect(app.output.text).toBe('ran\n')
})

test('the app keeps its pid, its arguments, its environment and its folder', async () => {
  const held = await hold(['sh', '-c', 'echo $$ "$0" "$GREETING"; pwd; exit 7', 'an "odd" $word'], {
    GREETING: 'hello',
  })
  const app = held.release()
  expect(await app.exited).toBe(7)
  expect(app.output.text).toBe(`${held.pid} an "odd" $word hello\n${folder}\n`)
})

test('standard output and error keep their order, and the log file has all of it', async () => {
  const held = await hold(['sh', '-c', 'for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done'])
  const app = held.release()
  await app.exited
  expect(app.output.text).toBe([1, 2, 3, 4, 5].map((i) => `out ${i}\nerr ${i}\n`).join(''))
})

test('standard input stays open and silent', async () => {
  const app = (await hold(['sh', '-c', 'cat; echo ended'])).release()
  await sleep(200)
  expect(app.output.text).toBe('')
  await app.stop()
})

test('stopping reaches the processes that the app has started', async () => {
  const app = (await hold(['sh', '-c', 'sleep 600 & echo $!; wait'])).release()
  const child = Number(await app.output.line(/^\d+$/, AbortSignal.timeout(5000)))
  expect(await app.stop()).toBe('SIGTERM')
  await expect.poll(() => isAlive(child)).toBe(false)
})

test('an app that ignores SIGTERM is killed', async () => {
  const app = (await hold(['sh', '-c', 'trap "" TERM; echo up; while :; do sleep 1; done'])).release()
  await app.output.line(/up/, AbortSignal.timeout(5000))
  expect(await app.stop()).toBe('SIGKILL')
}, 15_000)

test('a held app that is never released can be stopped', async () => {
  const held = await hold(['sh', '-c', 'echo ran'])
  await held.stop()
  expect(isAlive(held.pid)).toBe(false)
})

test('an app does not outlive a harness that is killed', async () => {
  // The gate is started as the harness does it, by a parent that is then killed.
  const parent = spawn(
    process.execPath,
    [
      '-e',
      `const p = require('child_process').spawn(${JSON.stringify(join(probesFolder, 'gate'))}, ['--die-with-parent', '--', 'sleep', '600'], { detached: true, stdio: 'ignore' });
       setTimeout(() => { p.kill('SIGCONT'); console.log(p.pid) }, 200); setInterval(() => {}, 1000)`,
    ],
    { cwd: packageRoot, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  const app = Number(line.toString())
  await expect.poll(() => readFileSync(`/proc/${app}/comm`, 'utf8')).toBe('sleep\n')
  parent.kill('SIGKILL')
  await expect.poll(() => isAlive(app)).toBe(false)
})

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
