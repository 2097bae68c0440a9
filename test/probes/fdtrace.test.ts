import { execFileSync, spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { areLoaded, compile, fdtrace, hold, programsOf, scratchFolder, until } from './programs.js'
import { needing, root } from '../support/capability.js'
import { bpf } from '../support/bpf.js'

const bpfTest = needing(bpf)

const scratch = scratchFolder()
let churn = ''
beforeAll(() => {
  churn = compile('churn', scratch.path)
})
afterAll(scratch.remove)

interface Talk {
  child: ChildProcessWithoutNullStreams
  lines: unknown[]
  /** Resolves when a line of that type has come. */
  line: (type: string) => Promise<unknown>
}

/** Starts the tracer as the harness does, through a command before it if there is one. */
function talk(args: string[], before: string[] = []): Talk {
  const [command = fdtrace, ...rest] = before.at(-1)?.endsWith('/fdtrace')
    ? [...before, ...args]
    : [...before, fdtrace, ...args]
  const child = spawn(command, rest)
  const lines: unknown[] = []
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    const parts = text.split('\n')
    text = parts.pop() ?? ''
    lines.push(...parts.map((part) => JSON.parse(part) as unknown))
  })
  const find = (type: string): unknown => lines.find((line) => (line as { type: string }).type === type)
  return {
    child,
    lines,
    line: async (type) => {
      await until(`the tracer says ${type}`, () => find(type) !== undefined)
      return find(type)
    },
  }
}

bpfTest('the end of standard input ends the tracer, and nothing stays in the kernel', async () => {
  const { child, line } = talk(['--pid', String(process.pid)])
  expect(await line('ready')).toMatchObject({ pid: process.pid, signal: 27 })
  const own = programsOf(child.pid ?? 0)
  expect(areLoaded(own)).toBe(true)
  const exit = once(child, 'exit')
  child.stdin.end()
  expect(await exit).toEqual([0, null])
  await until('the programs are gone', () => !areLoaded(own))
})

/** An ordinary user, and a copy of the tracer that has its rights from its file. */
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all']
function lend(): string {
  const lent = join(scratch.path, 'fdtrace')
  copyFileSync(fdtrace, lent)
  chmodSync(scratch.path, 0o755)
  execFileSync('setcap', ['cap_bpf,cap_perfmon,cap_sys_ptrace+ep', lent], {
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` },
  })
  return lent
}

needing(bpf, root)(
  'with rights of its file it observes processes of its user, and of nobody else',
  async () => {
    const lent = lend()
    const theirs = spawn('setpriv', [...nobody.slice(1), 'sleep', '60'])
    await until('the process is theirs', () =>
      /^Uid:\t65534/m.test(readFileSync(`/proc/${theirs.pid}/status`, 'utf8')),
    )
    const { child, line, lines } = talk([], [...nobody, lent])
    try {
      child.stdin.write(`trace ${process.pid}\nsnapshot ${process.pid}\ntrace ${theirs.pid}\n`)
      expect(await line('ready')).toMatchObject({ pid: theirs.pid })
      const errors = lines.filter((each) => (each as { type: string }).type === 'error')
      expect(errors).toMatchObject([{ code: 'EPERM' }, { code: 'EPERM' }])
      expect(lines.filter((each) => (each as { type: string }).type === 'live')).toEqual([])
    } finally {
      for (const each of [child, theirs]) each.kill('SIGKILL')
    }
  },
)

needing(bpf, root).for([true, false])(
  'of what a set-uid program does that its user starts it then tells nothing; lent: %s',
  async (isLent) => {
    const binds = compile('binds', scratch.path)
    const setUid = join(scratch.path, 'set-uid-binds')
    copyFileSync(binds, setUid)
    chmodSync(setUid, 0o4755)
    const theirs = spawn('setpriv', [...nobody.slice(1), binds, setUid])
    let said = ''
    theirs.stdout.on('data', (text: Buffer) => (said += text.toString()))
    await until('the process is theirs', () => said.includes('HERE'))
    const { child, line, lines } = talk([], isLent ? [...nobody, lend()] : [])
    try {
      child.stdin.write(`trace ${theirs.pid}\n`)
      await line('ready')
      theirs.stdin.write('\n')
      await until('it is bound', () => said.includes('READY'))
      expect(said).toContain('BOUND 0 0')
      child.stdin.write(`snapshot ${theirs.pid}\n`)
      await line('snapshot-end')
      const kinds = lines.filter(isRecord).map(({ kind }) => kind)
      expect(kinds).toContain('open')
      expect(kinds.includes('bind')).toBe(!isLent)
    } finally {
      for (const each of [child, theirs]) each.kill('SIGKILL')
    }
  },
)

bpfTest('it notices the end of the traced process and still answers', async () => {
  const held = await hold(['true'], scratch.path)
  const { child, line } = talk(['--pid', String(held.pid)])
  await line('ready')
  held.release()
  await held.end()
  expect(await line('ended')).toEqual({ type: 'ended', pid: held.pid })
  child.stdin.write(`snapshot ${held.pid}\n`)
  expect(await line('snapshot-end')).toMatchObject({ pid: held.pid, lost: 0 })
  const exit = once(child, 'exit')
  child.stdin.write('stop\n')
  expect(await exit).toEqual([0, null])
})

bpfTest('commands that make no sense are answered with an error and change nothing', async () => {
  const { child, lines, line } = talk(['--pid', String(process.pid)])
  await line('ready')
  child.stdin.write(`snapshot\nsnapshot x\nsnapshot 0\n${'x'.repeat(5000)}\n\0"\\\nsnap`)
  child.stdin.write(`shot ${process.pid}\n`)
  expect(await line('snapshot-end')).toMatchObject({ pid: process.pid })
  const errors = lines.filter((line) => (line as { type: string }).type === 'error')
  expect(errors.length).toBeGreaterThanOrEqual(4)
  for (const error of errors) expect(error).toMatchObject({ code: 'EINVAL', doing: 'command' })
  child.stdin.end()
  await once(child, 'exit')
})

bpfTest('names of any bytes arrive as well-formed JSON', async () => {
  const names = [Buffer.from([0x61, 0xff, 0xc3]), Buffer.from('"\\\n\u2028\u001b[31m\u007fé€😀')]
  for (const bytes of [
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xc0, 0xaf],
    [0xe0, 0x80, 0x80],
  ])
    names.push(Buffer.from(bytes))
  const paths = names.map((name) => Buffer.concat([Buffer.from(`${scratch.path}/`), name]))
  for (const path of paths) writeFileSync(path, '')
  const script = `for f in ./*; do exec {fd}<"$f"; done; echo READY; read -r line`
  const folder = join(scratch.path, '.')
  const held = await hold(['bash', '-c', script], folder)
  const { child, line, lines } = talk(['--pid', String(held.pid)])
  await line('ready')
  held.release()
  await until('the program is ready', () => held.output().includes('READY'))
  child.stdin.write(`snapshot ${held.pid}\n`)
  await line('snapshot-end')
  const links = lines.flatMap((line) => (isLive(line) ? [line.link] : []))
  const decoder = new TextDecoder('utf-8')
  const wanted = [
    'a\ufffd\ufffd',
    decoder.decode(names[1]),
    ...names.slice(2).map((name) => '\ufffd'.repeat(name.length)),
  ].map((name) => `${scratch.path}/${name}`)
  expect(links).toEqual(expect.arrayContaining(wanted))
  child.stdin.end()
  await held.end()
})

const isLive = (line: unknown): line is { type: 'live'; link: string; fd: number; file: string } =>
  (line as { type: string }).type === 'live'

bpfTest('an ordinary user is refused with EPERM', async (context) => {
  if (spawnSync('setpriv', [...asNobody('-all').slice(1), 'true']).status !== 0)
    return context.skip('setpriv is not permitted here')
  const { child, lines } = talk(['--pid', String(process.pid)], asNobody('-all'))
  const [code] = (await once(child, 'close')) as [number]
  if (code === 127 || code === 126) return context.skip('the tracer is in a private folder')
  expect(code).toBe(1)
  expect(lines).toMatchObject([
    { type: 'error', code: 'EPERM', doing: 'load', program: 'on_alloc', uid: 65534, capabilities: [] },
  ])
})

bpfTest('an ordinary user with CAP_BPF and CAP_PERFMON, as the advice says, can trace', async (context) => {
  const granted = asNobody('-all,+bpf,+perfmon')
  if (spawnSync('setpriv', [...granted.slice(1), 'true']).status !== 0)
    return context.skip('setpriv is not permitted here, or does not know these capabilities')
  const { child, line, lines } = talk(['--pid', String(process.pid)], granted)
  const exit = once(child, 'close')
  await line('ready')
  child.stdin.write(`snapshot ${process.pid}\n`)
  await line('snapshot-end')
  expect(lines.filter(isLive).length).toBeGreaterThan(3)
  expect(lines.filter(isLive).every(({ link }) => link !== '')).toBe(true)
  child.stdin.end()
  expect(await exit).toEqual([0, null])
})

bpfTest('processes come and go while it runs, each with its own signal and its own counts', async () => {
  const script = `for f in 1 2 3; do exec {fd}</dev/null; done; echo READY; read -r line`
  const held = [
    await hold(['bash', '-c', `trap : PROF; ${script}`], scratch.path),
    await hold(['bash', '-c', `trap : PROF; ${script}`], scratch.path),
    await hold(['bash', '-c', script], scratch.path),
  ]
  const { child, lines, line } = talk([])
  await line('loaded')
  const ask = async (command: string, last: string): Promise<object[]> => {
    const from = lines.length
    const rest = (): object[] => lines.slice(from) as object[]
    child.stdin.write(`${command}\n`)
    await until(`${command} is answered`, () =>
      rest().some((line) => [last, 'error'].includes((line as { type: string }).type)),
    )
    return rest()
  }
  const [first, second, third] = held.map(({ pid }) => pid)
  expect(await ask(`trace ${first}`, 'ready')).toMatchObject([{ type: 'ready', pid: first, signal: 27 }])
  expect(await ask(`trace ${second} signal 0`, 'ready')).toMatchObject([{ pid: second, signal: 0 }])
  expect(await ask(`trace ${first}`, 'ready')).toMatchObject([{ code: 'EEXIST', doing: 'find' }])
  expect(await ask(`trace ${2 ** 22 + 1}`, 'ready')).toMatchObject([{ code: 'ESRCH', doing: 'find' }])
  expect(await ask(`trace ${third}`, 'ready')).toMatchObject([{ pid: third }])
  expect(await ask(`forget ${third}`, 'forgotten')).toEqual([{ type: 'forgotten', pid: third }])
  for (const { release } of held) release()
  await until('all are ready', () => held.every(({ output }) => output().includes('READY')))
  const opened = async (pid: number | undefined): Promise<string[]> =>
    (await ask(`snapshot ${pid}`, 'snapshot-end'))
      .filter(isRecord)
      .filter(({ kind, name }) => kind === 'open' && name === 'null')
      .map(({ sample }) => sample)
  expect(await opened(first)).toEqual(['sent', 'sent', 'sent'])
  expect(await opened(second)).toEqual(['off', 'off', 'off'])
  expect(await ask(`snapshot ${third}`, 'snapshot-end')).toMatchObject([{ code: 'ESRCH', doing: 'snapshot' }])
  for (const { end } of held) await end()
  await until('both ends are told', () => lines.filter((line) => typeOf(line) === 'ended').length === 2)
  expect(await ask(`snapshot ${first}`, 'snapshot-end')).toMatchObject([{ type: 'snapshot-end', lost: 0 }])
  child.stdin.end()
  expect(await once(child, 'exit')).toEqual([0, null])
})

/** Opens a file, duplicates it and listens, in a process that has inherited more than one call of a walk looks at. */
const shows = `for n in {1..600}; do exec {fd}</dev/null; done; exec {other}<&$fd; echo READY; read -r line`

bpfTest('the table is the same by iterators and by calls, whichever the kernel lets', async () => {
  const held = await hold(['bash', '-c', shows], scratch.path)
  const tables: unknown[] = []
  const ways = ['', 'find_process,show_files', 'find_process', 'show_files'].map((refused) =>
    talk(['--pid', String(held.pid), ...(refused === '' ? [] : ['--refuse', refused])]),
  )
  for (const { line } of ways) await line('ready')
  held.release()
  await until('the program is ready', () => held.output().includes('READY'))
  for (const { child, line, lines } of ways) {
    child.stdin.write(`snapshot ${held.pid}\n`)
    expect(await line('snapshot-end')).toMatchObject({ lost: 0 })
    expect(await line('loaded')).toMatchObject({ missing: [] })
    const of = (kind: string): unknown[] =>
      lines.filter(isRecord).flatMap((each) => (each.kind === kind ? [each.file] : []))
    tables.push({ live: lines.filter(isLive), opened: of('open'), duplicated: of('dup') })
    child.stdin.end()
    await once(child, 'exit')
  }
  await held.end()
  const [first, ...others] = tables
  expect((first as { opened: unknown[] }).opened.length).toBeGreaterThan(600)
  for (const other of others) expect(other).toEqual(first)
})

bpfTest('programs that only improve may be refused: it says which, and traces', async () => {
  const held = await hold(['bash', '-c', 'exec 7</dev/null; echo READY; read -r line'], scratch.path)
  const refused = 'on_fork,on_exec,on_thread_exit,sweep,sweep_on_call,sweep_elements'
  const { child, line, lines } = talk(['--pid', String(held.pid), '--refuse', refused])
  await line('ready')
  held.release()
  await until('the program is ready', () => held.output().includes('READY'))
  child.stdin.write(`snapshot ${held.pid}\n`)
  await line('snapshot-end')
  expect(await line('loaded')).toMatchObject({
    missing: ['on_fork', 'on_exec', 'on_thread_exit', 'sweep'].map((program) => ({ program, code: 'EPERM' })),
  })
  const seven = lines.filter(isLive).find(({ fd }) => fd === 7)
  expect(lines.filter(isRecord).filter(({ file }) => file === seven?.file)).toMatchObject([
    { kind: 'open' },
    { kind: 'dup' },
  ])
  child.stdin.end()
  await held.end()
})

bpfTest('without a program that it needs it says which one was refused', async () => {
  const { child, lines } = talk(['--refuse', 'fn_alloc,on_alloc,classic_alloc'])
  expect(await once(child, 'close')).toEqual([1, null])
  expect(lines).toMatchObject([{ type: 'error', code: 'EPERM', doing: 'load', program: 'on_alloc' }])
})

bpfTest('its trial sees every file that it made', async () => {
  const { child, line } = talk([])
  const { trial } = (await line('loaded')) as { trial: { made: number; seen: number } }
  expect(trial.made).toBeGreaterThanOrEqual(400)
  expect(trial.seen).toBe(trial.made)
  child.stdin.end()
  await once(child, 'exit')
})

needing(bpf, root)(
  'what an interrupt allocates inside a program is about no file, and nothing is lost',
  { timeout: 150_000 },
  async (context) => {
    if (cpus().length < 2) return context.skip('what one processor sends is to interrupt another one')
    const interrupts = compile('interrupts', scratch.path)
    // Others may have the processors just then: that one of them interrupts the other is chance.
    for (let round = 0; round < 10; round++) {
      const held = await hold([interrupts, '100000'], scratch.path)
      const { child, line } = talk(['--pid', String(held.pid), '--signal', '0', '--refuse', 'fn_alloc'])
      await line('ready')
      held.release()
      await expect.poll(held.output, { timeout: 60_000, interval: 100 }).toMatch(/READY|FAILED/)
      expect(held.output()).not.toContain('FAILED')
      child.stdin.write(`snapshot ${held.pid}\n`)
      const end = (await line('snapshot-end')) as { seen: number; interrupted: number }
      child.stdin.end()
      await held.end()
      if (((await line('loaded')) as { tracepoints: string }).tracepoints === 'classic')
        return context.skip('by classic tracepoints the two can’t be told apart')
      expect(end).toMatchObject({ lost: 0, missed: 0 })
      expect(end.seen).toBeGreaterThanOrEqual(100_000)
      if (end.interrupted > 0) return
    }
    expect.fail('no interrupt has allocated anything')
  },
)

/** Ten million take a minute: CRAC_PREFLIGHT_CREATIONS=10000000. */
const creations = Number(process.env.CRAC_PREFLIGHT_CREATIONS ?? 100_000)

bpfTest.for(['', 'sweep,find_process,show_files'])(
  `after ${creations} descriptors and more, the ten that are left have all their records, refused: "%s"`,
  { timeout: 150_000 + creations / 50 },
  async (refused, context) => {
    const limit = Number(
      /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1],
    )
    if (limit < 12_100) return context.skip(`a process may open ${limit} files only, this one opens 12,000`)
    const held = await hold([churn, String(creations)], scratch.path)
    const { child, line, lines } = talk([
      ...['--pid', String(held.pid), '--signal', '0', '--no-stacks'],
      ...(refused === '' ? [] : ['--refuse', refused]),
    ])
    await line('ready')
    held.release()
    await expect
      .poll(held.output, { timeout: creations / 50 + 120_000, interval: 100 })
      .toMatch(/READY|FAILED/)
    child.stdin.write(`snapshot ${held.pid}\n`)
    const end = (await line('snapshot-end')) as { seen: number }
    expect(end).toMatchObject({ dropped: 0, unpaired: 0 })
    expect(end.seen).toBeGreaterThan(creations)
    const kept = [...held.output().matchAll(/^KEPT (\d+)/gm)].map(([, fd]) => Number(fd))
    expect(kept).toHaveLength(10)
    const files = new Map(lines.filter(isLive).map(({ fd, file }) => [fd, file]))
    for (const fd of kept)
      expect(lines.filter(isRecord).filter(({ file }) => file === files.get(fd))).toMatchObject([
        { kind: 'open', comm: 'churn' },
        { kind: 'dup' },
        { kind: 'bind' },
        { kind: 'connect' },
      ])
    child.stdin.end()
    await held.end()
  },
)

const typeOf = (line: unknown): string => (line as { type: string }).type

const isRecord = (line: unknown): line is { kind: string; file: string; name: string; sample: string } =>
  typeOf(line) === 'record'

/** The command that drops to an ordinary user with these capabilities only. */
function asNobody(capabilities: string): string[] {
  return [
    'setpriv',
    '--reuid=65534',
    '--clear-groups',
    `--inh-caps=${capabilities}`,
    `--ambient-caps=${capabilities}`,
  ]
}

const usages = [
  ['--pid'],
  ['--pid', 'x'],
  ['--pid', '0'],
  ['--pid', '1', 'more'],
  ['--pid', '1', '--signal', '65'],
  ['--what'],
]
for (const args of usages)
  test(`fdtrace ${args.join(' ')} is wrong usage`, () => {
    const run = spawnSync(fdtrace, args, { encoding: 'utf8', timeout: 20_000 })
    expect(run.status).toBe(2)
    expect(run.stderr).toMatch(/usage: fdtrace \[--pid PID]/)
  })
