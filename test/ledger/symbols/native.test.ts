import { readFileSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readElf } from '../../../harness/ledger/symbols/elf.js'
import { openSymbols } from '../../../harness/ledger/symbols/native.js'
import { startTracer } from '../../../harness/ledger/observers/kernel/tracer.js'
import { compile, hold, scratchFolder, until } from '../../probes/programs.js'
import { needing } from '../../support/capability.js'
import { bpf } from '../../support/bpf.js'

const bpfTest = needing(bpf)

const scratch = scratchFolder()
afterAll(scratch.remove)

/** The program that prints where its functions are, then waits. */
async function landmarks(): Promise<{
  pid: number
  addresses: Map<string, string>
  end: () => Promise<void>
}> {
  const program = compile('landmarks', scratch.path)
  const held = await hold([program], scratch.path)
  held.release()
  await until('the program is ready', () => held.output().includes('READY'))
  const addresses = new Map(
    [...held.output().matchAll(/^(\w+) (0x[0-9a-f]+)$/gm)].map((match) => [match[1] ?? '', match[2] ?? '']),
  )
  return { pid: held.pid, addresses, end: held.end }
}

test('an address is named by function, offset and library; what is not code of a file has no name', async () => {
  const { pid, addresses, end } = await landmarks()
  try {
    const symbols = await openSymbols(pid)
    await symbols.load(addresses.values())
    const name = (what: string, offset = 0): string | null =>
      symbols.name(BigInt(addresses.get(what) ?? 0) + BigInt(offset))
    expect(name('own_function')).toBe('own_function+0x0 (landmarks)')
    expect(name('static_function', 5)).toBe('static_function+0x5 (landmarks)')
    expect(name('socket', 0x17)).toBe('socket+0x17 (libc.so.6)')
    expect(symbols.name(addresses.get('socket') ?? '')).toBe('socket+0x0 (libc.so.6)')
    expect([name('anonymous'), name('data'), symbols.name('0x0'), symbols.name(2n ** 64n - 1n)]).toEqual([
      null,
      null,
      null,
      null,
    ])
  } finally {
    await end()
  }
})

test('a process that has ended after it was opened is still named', async () => {
  const { pid, addresses, end } = await landmarks()
  const symbols = await openSymbols(pid)
  await end()
  await symbols.load(addresses.values())
  expect(symbols.name(addresses.get('own_function') ?? '')).toBe('own_function+0x0 (landmarks)')
})

test('code without a symbol is told by library and offset', async () => {
  const program = compile('landmarks', scratch.path)
  spawnSync('strip', [program])
  const held = await hold([program], scratch.path)
  try {
    held.release()
    await until('the program is ready', () => held.output().includes('READY'))
    const address = /^static_function (\S+)$/m.exec(held.output())?.[1] ?? ''
    const symbols = await openSymbols(held.pid)
    await symbols.load([address])
    expect(symbols.name(address)).toMatch(/^landmarks\+0x[0-9a-f]{3,}$/)
  } finally {
    await held.end()
  }
})

test('a process that can not be read has no names', async () => {
  const { pid, addresses, end } = await landmarks()
  await end()
  const symbols = await openSymbols(pid)
  await symbols.load(addresses.values())
  expect(addresses.get('own_function')).toMatch(/^0x/)
  expect(symbols.name(addresses.get('own_function') ?? '')).toBeNull()
})

test('every function that nm lists in a library is found under one of its names', async () => {
  const library = libc()
  const elf = await readElf(library)
  const names = new Map<number, Set<string>>()
  for (const line of spawnSync('nm', ['-D', '--defined-only', library], { encoding: 'utf8' }).stdout.split(
    '\n',
  )) {
    const [, address = '', name = ''] = /^([0-9a-f]+) [TWi] ([^@]+)/.exec(line) ?? []
    if (name === '') continue
    const start = parseInt(address, 16)
    names.set(start, (names.get(start) ?? new Set()).add(name))
  }
  const wrong = [...names].filter(([start, known]) => {
    const found = elf?.functionAt(start)
    return found?.offset !== 0 || !known.has(found.name)
  })
  expect(names.size).toBeGreaterThan(1000)
  expect(wrong).toEqual([])
})

test('a file that is no ELF file, is cut or is damaged is no error', async () => {
  const whole = readFileSync(libc())
  const path = join(scratch.path, 'damaged')
  const read = async (bytes: Buffer): Promise<void> => {
    writeFileSync(path, bytes)
    const elf = await readElf(path)
    expect(() => elf?.functionAt(0x1234)).not.toThrow()
  }
  for (const size of [0, 1, 63, 64, 200, 5000, whole.length - 1]) await read(whole.subarray(0, size))
  for (let i = 0; i < 64; i++) {
    const bytes = Buffer.from(whole)
    bytes[i] = (bytes[i] ?? 0) ^ 0xff
    await read(bytes)
  }
  expect(await readElf('/etc/passwd')).toBeNull()
  expect(await readElf('/no/such/file')).toBeNull()
})

bpfTest('the innermost frame of a traced call is the libc function that made it', async () => {
  const folder = scratchFolder()
  const app = await hold([compile('holder', scratch.path)], folder.path)
  const tracer = await startTracer(app.pid)
  try {
    app.release()
    await until('the program is ready', () => /^READY/m.test(app.output()))
    const [symbols, { records }] = await Promise.all([openSymbols(app.pid), tracer.snapshot(app.pid)])
    await symbols.load(records.flatMap(({ stack }) => stack))
    const own = records.filter(({ tgid, name }) => tgid === app.pid && name !== 'passed')
    const wrong = own
      .map(({ syscall, stack }) => `${syscall}: ${symbols.name(stack[0] ?? '0')}`)
      .filter(
        (line) =>
          !/^(\w+?)(?:at|\d)?: _*\1(?:64|[24])?\+0x\w+ \(libc\.so\.6\)$|^(?:pidfd_open: syscall|fcntl: libc\.so\.6)\+/.test(
            line,
          ),
      )
    expect(own.length).toBeGreaterThan(25)
    expect(wrong).toEqual([])
  } finally {
    await tracer.stop()
    await app.end()
    folder.remove()
  }
})

/** The C library of this process. */
function libc(): string {
  const path = /\S+\/libc\.so\.6$/m.exec(readFileSync('/proc/self/maps', 'utf8'))?.[0]
  if (path === undefined) throw new Error('this process has no libc.so.6')
  return path
}
