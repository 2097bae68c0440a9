import { readdirSync, readFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { holdProcess } from '../../harness/app/process.js'
import { ExitHold } from '../../harness/trace/exit-hold.js'

const folder = mkdtempSync(join(tmpdir(), 'exit-hold-'))

async function watched(script: string) {
  const held = await holdProcess({
    command: ['sh', '-c', script],
    cwd: folder,
    env: { PATH: process.env.PATH ?? '' },
    logFile: join(folder, 'log'),
  })
  const hold = await ExitHold.watch(held.pid)
  return { hold, app: held.release() }
}

const state = (pid: number) => /^State:\s*(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]

test('a process is held in the moment of its end, with its descriptors, and ends with its own status', async () => {
  const { hold, app } = await watched('exec 7</etc/passwd; exit 3')
  const pid = await hold.exit()
  expect(pid).toBe(app.pid)
  expect(state(app.pid)).toBe('t')
  expect(readdirSync(`/proc/${app.pid}/fd`)).toContain('7')
  hold.release(app.pid)
  expect(await app.exited).toBe(3)
  hold.stop()
})

test('one that is killed is held, too', async () => {
  const { hold, app } = await watched('exec 7</etc/passwd; kill -KILL $$')
  expect(await hold.exit()).toBe(app.pid)
  expect(readdirSync(`/proc/${app.pid}/fd`)).toContain('7')
  hold.release(app.pid)
  expect(await app.exited).toBe('SIGKILL')
  hold.stop()
})

test('processes that it forks are watched as well, each by its own pid', async () => {
  const { hold, app } = await watched('sh -c "exit 4"; exit $?')
  const child = await hold.exit()
  expect(child).not.toBe(app.pid)
  hold.release(child ?? 0)
  expect(await hold.exit()).toBe(app.pid)
  hold.release(app.pid)
  expect(await app.exited).toBe(4)
  hold.stop()
})

test('a watcher that is killed leaves no stopped process behind', async () => {
  const { hold, app } = await watched('exit 5')
  expect(await hold.exit()).toBe(app.pid)
  expect(state(app.pid)).toBe('t')
  hold.stop()
  expect(await app.exited).toBe(5)
})

test('signals reach the process as if nobody watched it, and job control stops it and lets it go on', async () => {
  const { hold, app } = await watched('trap "exit 6" USR1; echo ready; while :; do sleep 0.05; done')
  const over = hold.exit()
  await app.output.line(/ready/, AbortSignal.timeout(10_000))
  process.kill(app.pid, 'SIGSTOP')
  await expect.poll(() => state(app.pid), { timeout: 5000 }).toMatch(/^[tT]$/)
  process.kill(app.pid, 'SIGCONT')
  process.kill(app.pid, 'SIGUSR1')
  for (let pid = await over; pid !== null && pid !== app.pid; pid = await hold.exit()) hold.release(pid)
  hold.release(app.pid)
  expect(await app.exited).toBe(6)
  hold.stop()
})

test('what can’t be watched is said, with what to do', async () => {
  await expect(ExitHold.watch(4_194_000)).rejects.toThrow(
    /--at-exit is not available: .*No such process.*ptrace/s,
  )
})
