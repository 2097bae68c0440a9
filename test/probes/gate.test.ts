import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compile, gate, hold, isHeld, scratchFolder, until } from './programs.js'

const scratch = scratchFolder()
let inheritance = ''
beforeAll(() => {
  inheritance = compile('inheritance', scratch.path)
  compile('masked', scratch.path)
})
afterAll(scratch.remove)

/** What a shell script prints in which `HOLD` stands for the gate, or for nothing. */
async function outputOf(script: string, gated: boolean): Promise<string> {
  const extra = openSync(inheritance, 'r')
  const text = script.replace('HOLD', gated ? `"${gate}" --` : '')
  const child = spawn('bash', ['-c', text], { cwd: scratch.path, stdio: ['pipe', 'pipe', 'inherit', extra] })
  closeSync(extra)
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const closed = once(child, 'close')
  const { pid } = child
  if (gated && pid !== undefined) {
    await until('the gate waits', () => isGate(pid) && isHeld(pid))
    process.kill(pid, 'SIGCONT')
  }
  await closed
  return output
}

const isGate = (pid: number): boolean => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'gate\n'

const ways: [string, string, RegExp][] = [
  ['as it is', `exec HOLD ./inheritance one "two  three" ''`, /^argument two {2}three$/m],
  ['ignored signals', `trap '' TERM INT HUP CONT PIPE USR2; exec HOLD ./inheritance`, /^ignored 18$/m],
  ['blocked signals', `exec ./masked HOLD ./inheritance`, /^SigBlk:\t0000000000024a02$/m],
  ['a closed standard input', `exec HOLD ./inheritance <&-`, /^fd 1 /m],
  ['more descriptors', `exec 7</dev/null 9>>/dev/null HOLD ./inheritance`, /^fd 9 /m],
]
for (const [way, script, mark] of ways)
  test(`the command inherits exactly what it would have without the gate: ${way}`, async () => {
    const without = await outputOf(script, false)
    expect(without).toMatch(mark)
    expect(without).toMatch(/^fd 3 /m)
    expect(await outputOf(script, true)).toBe(without)
  })

test('nothing of the command runs before SIGCONT, and its exit status is its own', async () => {
  const held = await hold(['sh', '-c', 'echo ran; exit 7'], scratch.path)
  expect(isGate(held.pid)).toBe(true)
  expect(held.output()).toBe('')
  const exit = once(held.child, 'close')
  held.release()
  held.release()
  expect(await exit).toEqual([7, null])
  expect(held.output()).toBe('ran\n')
})

test('the gate works as the first process of a pid namespace', async (context) => {
  const run = spawnSync('unshare', ['--pid', '--fork', 'true'])
  if (run.status !== 0) return context.skip('a pid namespace is not permitted here')
  const command = ['--pid', '--fork', gate, '--timeout', '30', '--', 'sh', '-c', 'echo $$; exit 5']
  const child = spawn('unshare', command, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const closed = once(child, 'close')
  const children = `/proc/${child.pid}/task/${child.pid}/children`
  await until('the gate waits', () => {
    const pid = Number(readFileSync(children, 'utf8'))
    return pid > 0 && isGate(pid) && isHeld(pid)
  })
  process.kill(Number(readFileSync(children, 'utf8')), 'SIGCONT')
  expect(await closed).toEqual([5, null])
  expect(output).toBe('1\n')
})

test('a command that is held or released dies with the one who started the gate', async () => {
  for (const released of [false, true]) {
    const script = `"$0" --die-with-parent -- sleep 60 & echo $!; read -r line; kill -CONT $!; read -r line`
    const parent = spawn('bash', ['-c', script, gate], { stdio: ['pipe', 'pipe', 'inherit'] })
    const [text] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(text.toString())
    await until('the gate waits', () => isGate(pid) && isHeld(pid))
    if (released) {
      parent.stdin.write('\n')
      await until('the command runs', () => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n')
    }
    parent.kill('SIGKILL')
    await until('the command is gone', () => !existsSync(`/proc/${pid}/exe`) || isZombie(pid))
  }
})

const isZombie = (pid: number): boolean => /^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))

test('SIGTERM ends the gate', async () => {
  const held = await hold(['true'], scratch.path)
  const exit = once(held.child, 'close')
  held.child.kill('SIGTERM')
  expect(await exit).toEqual([143, null])
})

const usages: [string[], number, RegExp][] = [
  [['--timeout', '1', '--', 'true'], 124, /not released in time/],
  [[], 125, /no command/],
  [['--'], 125, /no command/],
  [['--timeout'], 125, /--timeout needs/],
  [['--timeout', '5s', '--', 'true'], 125, /not 5s/],
  [['--timeout', '-1', '--', 'true'], 125, /not -1/],
  [['--unknown', '--', 'true'], 125, /unknown option --unknown/],
]
for (const [args, status, message] of usages)
  test(`gate ${args.join(' ')} ends with ${status}`, () => {
    const run = spawnSync(gate, args, { encoding: 'utf8', timeout: 20_000 })
    expect(run.status).toBe(status)
    expect(run.stderr).toMatch(message)
  })

for (const [command, status] of [
  ['/no/such/command', 127],
  ['/etc/passwd', 126],
] as const)
  test(`a command that can't be run ends with ${status}: ${command}`, async () => {
    const held = await hold([command], scratch.path, ['--timeout', '30'])
    const exit = once(held.child, 'close')
    held.release()
    expect(await exit).toEqual([status, null])
  })

test('a gate that reads its command from a file takes what stands there when it is released', async () => {
  const file = join(scratch.path, 'command')
  const child = spawn(gate, ['--timeout', '30', '--from', file], {
    env: { PATH: process.env.PATH, KEPT: 'kept' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const closed = once(child, 'close')
  const { pid = 0 } = child
  await until('the gate waits', () => isGate(pid) && isHeld(pid))
  writeFileSync(
    file,
    ['ADDED=a  b', '', 'sh', '-c', 'echo "$KEPT $ADDED $1"; exit 3', 'sh', 'two words', ''].join('\0'),
  )
  process.kill(pid, 'SIGCONT')
  expect(await closed).toEqual([3, null])
  expect(output).toBe('kept a  b two words\n')
})

test.for([
  ['no file', null, 126],
  ['no command', 'A=b\0\0', 126],
  ['nothing', '', 126],
] as const)('a gate that is told %s runs nothing', async ([, content, status]) => {
  const file = join(scratch.path, 'told')
  if (content !== null) writeFileSync(file, content)
  const child = spawn(gate, ['--timeout', '30', '--from', file], { stdio: 'ignore' })
  const closed = once(child, 'close')
  const { pid = 0 } = child
  await until('the gate waits', () => isGate(pid) && isHeld(pid))
  process.kill(pid, 'SIGCONT')
  expect(await closed).toEqual([status, null])
})
