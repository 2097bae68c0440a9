import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { probesFolder } from '../../harness/host/package-root.js'
import { until } from './programs.js'

const guard = join(probesFolder, 'guard')

test('the guard kills the whole group when its standard input ends, and no sooner', async () => {
  const script = 'trap "" TERM; sleep 60 & echo $!; wait'
  const group = spawn('sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  const [text] = (await once(group.stdout, 'data')) as [Buffer]
  const child = Number(text.toString())
  const ended = once(group, 'exit')
  const watcher = spawn(guard, ['--group', String(group.pid)], { stdio: ['pipe', 'inherit', 'inherit'] })
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

test('of several groups it kills one after the other', async () => {
  const groups = [0, 1].map(() => spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }))
  await Promise.all(groups.map((each) => once(each, 'spawn')))
  const ended = Promise.all(groups.map((each) => once(each, 'exit')))
  const run = spawnSync(guard, ['--group', ...groups.map(({ pid }) => String(pid))], { input: '' })
  expect(run.status).toBe(0)
  expect(await ended).toEqual([
    [null, 'SIGKILL'],
    [null, 'SIGKILL'],
  ])
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

for (const args of [
  [],
  ['--group'],
  ['12'],
  ['--group', '12', '1'],
  ['--folder', '/x', '/y'],
  ...['0', '1', '-1', '12x', ''].map((group) => ['--group', group]),
])
  test(`guard ${args.join(' ')} is wrong usage`, () => {
    const run = spawnSync(guard, args, { input: '', encoding: 'utf8', timeout: 20_000 })
    expect([run.status, run.stderr]).toEqual([125, 'usage: guard --group GROUP... | --folder PATH\n'])
  })

test('what attaching has left goes with the group: of this user, and of its processes alone', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'guard-'))
  const group = spawn('sleep', ['60'], { detached: true, stdio: 'ignore', cwd })
  const { pid = 0 } = group
  await once(group, 'spawn')
  const left = [`/tmp/.attach_pid${pid}`, join(cwd, `.attach_pid${pid}`)]
  const others = [join(cwd, `.attach_pid${pid}0`), `/tmp/.attach_pid${pid}0`]
  for (const file of [...left, ...others]) writeFileSync(file, '')
  const socket = `/tmp/.java_pid${pid}`
  const server = createServer().listen(socket)
  await once(server, 'listening')
  const run = spawnSync(guard, ['--group', String(pid)], { input: '', encoding: 'utf8' })
  expect([run.status, run.stderr]).toEqual([0, ''])
  expect([...left, socket, ...others].map((path) => existsSync(path))).toEqual([
    false,
    false,
    false,
    true,
    true,
  ])
  for (const file of others) rmSync(file)
  server.close()
})

const remove = (path: string) => spawnSync(guard, ['--folder', path], { input: '', encoding: 'utf8' })

test('a folder goes with all that lies in it, links as links, at any depth', () => {
  const around = mkdtempSync(join(tmpdir(), 'guard-'))
  const kept = join(around, 'kept')
  mkdirSync(kept)
  writeFileSync(join(kept, 'file'), '')
  const folder = join(around, 'folder')
  mkdirSync(folder)
  symlinkSync(kept, join(folder, 'link'))
  // Longer than any path may be, and with more levels than a process may have descriptors.
  spawnSync(
    'sh',
    [
      '-c',
      'for i in $(seq 100); do mkdir "$2" && : > f && ln -s "$1" l && cd "$2"; done',
      'sh',
      kept,
      'd'.repeat(100),
    ],
    {
      cwd: folder,
    },
  )
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -n 64; exec "$@"', 'sh', guard, '--folder', folder],
    {
      input: '',
      encoding: 'utf8',
    },
  )
  expect([status, stderr]).toEqual([0, ''])
  expect(readdirSync(around)).toEqual(['kept'])
  expect(readdirSync(kept)).toEqual(['file'])
  expect(remove(folder).status).toBe(0)
  rmSync(around, { recursive: true })
})

test('a link, a file and what belongs to another user are not removed', () => {
  const around = mkdtempSync(join(tmpdir(), 'guard-'))
  mkdirSync(join(around, 'folder'))
  writeFileSync(join(around, 'file'), '')
  symlinkSync('folder', join(around, 'link'))
  expect(remove(join(around, 'file')).status).toBe(1)
  expect(remove(join(around, 'link')).status).toBe(1)
  if (process.getuid?.() === 0) {
    chownSync(join(around, 'folder'), 65534, 65534)
    expect(remove(join(around, 'folder')).stderr).toMatch(/not this user's/)
  }
  expect(readdirSync(around).sort()).toEqual(['file', 'folder', 'link'])
  rmSync(around, { recursive: true })
})

test('a folder that its user exchanges for a link all the time leads to nothing else', async () => {
  const around = mkdtempSync(join(tmpdir(), 'guard-'))
  const victim = join(around, 'victim')
  mkdirSync(victim)
  writeFileSync(join(victim, 'file'), '')
  // Two names change places in one step, as often as this machine can.
  const attacker = spawn(process.execPath, ['--input-type=module', '-e', exchanging, around, victim], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void attacker.kill('SIGKILL'))
  await once(attacker.stdout, 'data')
  for (let round = 0; round < 100; round++) {
    const [folder, full] = [join(around, 'filling'), join(around, 'own')]
    mkdirSync(join(folder, 'real'), { recursive: true })
    for (let i = 0; i < 20; i++) writeFileSync(join(folder, 'real', `file${i}`), '')
    renameSync(folder, full)
    spawnSync(guard, ['--folder', full], { input: '' })
    expect(existsSync(full)).toBe(false)
    expect(readdirSync(victim)).toEqual(['file'])
  }
  attacker.kill('SIGKILL')
  await once(attacker, 'exit')
  rmSync(around, { recursive: true })
}, 60_000)

const exchanging = `
  import { renameSync, symlinkSync, mkdirSync } from 'node:fs'
  const [around, victim] = process.argv.slice(1)
  const own = around + '/own'
  console.log('begins')
  for (;;) {
    try { symlinkSync(victim, own + '/other') } catch {}
    try { renameSync(own + '/real', own + '/aside'); renameSync(own + '/other', own + '/real') } catch {}
    try { renameSync(own + '/real', own + '/other'); renameSync(own + '/aside', own + '/real') } catch {}
  }`
