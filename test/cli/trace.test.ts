import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import type { LedgerEntry } from '../../harness/model/report.js'
import { bpf } from '../support/bpf.js'
import { jdk } from '../support/java.js'
import { run } from './command-line.js'

const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
const folder = mkdtempSync(join(tmpdir(), 'trace-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const app = (...kinds: string[]) => ['--', jdk.java, '-cp', leaks, 'leaks.Main', ...kinds]

interface Told {
  descriptors: LedgerEntry[]
  by: string
  groups: { name: string; count: number; descriptors: number[] }[]
}
const told = (text: string): Told => JSON.parse(text) as Told
const countOf = (groups: Told['groups'], name: string) => groups.find((each) => each.name === name)?.count

test('every output of one trace tells of the same descriptors', async () => {
  const [collapsed, flame, page, xml] = ['stacks.txt', 'flame.html', 'page.html', 'trace.xml'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string]
  const { code, stdout, stderr } = await run([
    ...['trace', '--ready', 'log=/READY/', '--json', '-', '--collapsed', collapsed, '--flame', flame],
    ...['--html', page, '--junit', xml],
    ...app('FileInput', 'Listener', 'NioPipe'),
  ])
  expect(code).toBe(0)
  const { descriptors, groups, by } = told(stdout)
  expect(by).toBe('owner')
  expect(groups.flatMap((group) => group.descriptors).sort((a, b) => a - b)).toEqual(
    descriptors.map(({ fd }) => fd).sort((a, b) => a - b),
  )
  const lines = readFileSync(collapsed, 'utf8').trimEnd().split('\n')
  const sum = lines.reduce((count, line) => count + Number(/ (\d+)$/.exec(line)?.[1]), 0)
  expect(sum).toBe(descriptors.length)
  expect(lines.some((line) => /;leaks\.FileInput\.open\(FileInput\.java:\d+\);/.test(line))).toBe(true)
  expect(readFileSync(flame, 'utf8')).toContain('"opens":"flame"')
  expect(readFileSync(page, 'utf8')).toContain(
    '"headline":"' + String(descriptors.length) + ' live descriptors"',
  )
  expect(readFileSync(xml, 'utf8')).toMatch(/<testcase /)
  // With the JSON on standard output, people read on standard error: each descriptor, then the owners.
  expect(stderr).toMatch(/^FD +KIND/m)
  expect(stderr).toMatch(/^COUNT {2}OWNER\n +\d+ {2}classes\/$/m)
  // Nothing is cut in a pipe.
  const file = descriptors.find(({ target }) => target.endsWith('input.txt'))?.target ?? 'none'
  expect(stderr).toContain(` ${file} `)
})

test('it counts by site, by thread and by kind', async () => {
  const seen = async (by: string) => {
    const { stdout, stderr } = await run([
      ...['trace', '--ready', 'log=/READY/', '--json', '-', '--by', by, '--stacks', '6'],
      ...app('FileInput', 'Listener', 'NioPipe'),
    ])
    return { ...told(stdout), stderr }
  }
  const site = await seen('site')
  const pipe = site.groups.find(({ name }) => /^leaks\.NioPipe\.open\(NioPipe\.java:\d+\)$/.test(name))
  expect(pipe?.count).toBe(2)
  expect(site.stderr).toMatch(/──▶ at leaks\.NioPipe\.open/)
  expect(site.stderr).not.toMatch(/^FD /m)
  const thread = await seen('thread')
  expect(countOf(thread.groups, 'main')).toBeGreaterThanOrEqual(4)
  const kind = await seen('kind')
  expect(countOf(kind.groups, 'listening-socket')).toBe(1)
  expect(countOf(kind.groups, 'pipe')).toBeGreaterThanOrEqual(2)
})

test.for([...(bpf.refusal !== null ? [] : ['ebpf', 'both']), 'preload'])(
  'at its end an app is listed with what it still holds, and who opened that: --trace %s',
  async (mode) => {
    const { code, stdout, stderr } = await run([
      ...['trace', '--at-exit', '--for', '2s', '--trace', mode, '--json', '-'],
      ...app('FileInput', 'Listener'),
    ])
    expect(code).toBe(0)
    expect(stderr).toContain('2 s are over: the app is asked to end')
    const file = told(stdout).descriptors.find(({ target }) => target.includes('input.txt'))
    // The shutdown hook, which deletes the file, is through.
    expect(file?.target).toMatch(/input\.txt \(deleted\)$/)
    expect(file?.origin?.java.some((frame) => frame.class === 'leaks.FileInput')).toBe(true)
    const listener = told(stdout).descriptors.find(({ target }) => target.endsWith('listening'))
    expect(listener?.bound?.java.some((frame) => frame.class === 'leaks.Listener')).toBe(true)
  },
)

test('at the end of a script’s JVM it is the JVM that is listed, and the script goes on', async () => {
  const script = join(folder, 'run.sh')
  const after = join(folder, 'after')
  writeFileSync(
    script,
    `#!/bin/sh\nls / >"${after}.ls"\n"${jdk.java}" -cp "${leaks}" leaks.Main FileInput\ntouch "${after}"\n`,
    { mode: 0o755 },
  )
  const { code, stdout } = await run(['trace', '--at-exit', '--for', '2s', '--by', 'site', '--', script])
  expect(code).toBe(0)
  expect(existsSync(after)).toBe(true)
  if (bpf.refusal === null) expect(stdout).toMatch(/1 {2}leaks\.FileInput\.open\(FileInput\.java:\d+\)/)
})

test('a trace to the end that is killed leaves neither the app nor its watcher', async () => {
  const marker = `-Dtrace.test=${process.pid}.${Date.now()}`
  const ofTheApp = () => processes((words) => words.includes(marker))
  const watchers = () =>
    processes(([program, , pid]) => program?.endsWith('/exithold') === true && seen.includes(Number(pid)))
  let seen: number[] = []
  const { code } = await run(['trace', '--at-exit', `--jdk-option=${marker}`, ...app('FileInput')], {
    onStart: (child) =>
      void (async () => {
        while (child.exitCode === null && (seen.length === 0 || watchers().length === 0)) {
          seen = ofTheApp()
          await sleep(50)
        }
        child.kill('SIGKILL')
      })(),
  })
  expect(code).toBe(-1)
  expect(seen.length).toBe(1)
  await expect.poll(ofTheApp, { timeout: 5000 }).toEqual([])
  await expect.poll(watchers, { timeout: 5000 }).toEqual([])
})

test('a program that ends and is no JVM is said to be none', async () => {
  const { code, stderr } = await run(['trace', '--at-exit', '--', '/bin/true'])
  expect(code).toBe(3)
  expect(stderr).toMatch(/\/bin\/true has ended, and no JVM before it/)
})

test.for([
  [['--by', 'colour', '--', 'java'], /--by can't be "colour"\. Use one of owner, site, thread, kind/],
  [['--stacks', 'many', '--', 'java'], /--stacks can't be "many"/],
  [['--for', '1 week', '--', 'java'], /--for can't be "1 week"/],
  [['--for', '25d', '--', 'java'], /--for can't be "25d"/],
  [['--for', '1000h', '--', 'java'], /--for can't be "1000h"/],
  [['--for', '5s', '--ready', 'port=80', '--', 'java'], /--for and --ready can't be used together/],
  [['--pid', 'me'], /--pid can't be "me"/],
  [['--pid', '4194000'], /there is no such process/],
  [['--pid', '1', '--', 'java'], /--pid can't be used together with a command/],
  [['--pid', '1', '--at-exit'], /--at-exit can't be used with --pid/],
  [['--pid', '1', '--image', 'x'], /--image can't be used with --pid/],
  [['--pid', '1', '--jdk-option=-Xmx1g'], /--jdk-option can't be used with --pid/],
  [['--pid', '1', '--trace', 'both'], /--trace can't be "both" with --pid/],
  [['--json', '-', '--collapsed', '-', '--', 'java'], /can't both be written to standard output/],
  [['--flame', '/proc/nowhere/f.html', '--', 'java'], /--flame can't be/],
] as const)('trace %j is a usage error in one clear line', async ([args, message]) => {
  const { code, stderr } = await run(['trace', ...args])
  expect(stderr).toMatch(message)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(code).toBe(2)
})

function processes(matches: (words: string[]) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return matches(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'))
      } catch {
        return false
      }
    })
}
