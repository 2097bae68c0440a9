import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { probesFolder } from '../../harness/host/package-root.js'
import { until } from './programs.js'

const guard = join(probesFolder, 'guard')

test('the guard kills the whole group when its standard input ends, and no sooner', async () => {
  const script = 'trap "" TERM; sleep 60 & echo $!; wait'
  const group = spawn('sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  const [text] = (await once(group.stdout, 'data')) as [Buffer]
  const child = Number(text.toString())
  const ended = once(group, 'exit')
  const watcher = spawn(guard, [String(group.pid)], { stdio: ['pipe', 'inherit', 'inherit'] })
  const over = once(watcher, 'exit')
  await until('it ignores what others are told', () => ignoresAll(watcher.pid))
  watcher.kill('SIGTERM')
  watcher.stdin.write('anything')
  expect(group.exitCode).toBe(null)
  watcher.stdin.end()
  expect(await over).toEqual([0, null])
  expect(await ended).toEqual([null, 'SIGKILL'])
  await until('the child is gone', () => !isAlive(child))
})

/** SIGHUP, SIGINT and SIGTERM are ignored. */
function ignoresAll(pid = 0): boolean {
  const ignored = /^SigIgn:\t(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
  return (BigInt(`0x${ignored}`) & 0x4003n) === 0x4003n
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

for (const args of [[], ['0'], ['1'], ['-1'], ['12x'], [''], ['2', '3']])
  test(`guard ${args.join(' ')} is wrong usage`, () => {
    const run = spawnSync(guard, args, { input: '', encoding: 'utf8', timeout: 20_000 })
    expect([run.status, run.stderr]).toEqual([125, 'usage: guard GROUP\n'])
  })
