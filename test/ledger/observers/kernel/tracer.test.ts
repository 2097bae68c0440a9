import { constants, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { afterAll, beforeAll, expect } from 'vitest'
import { TracerError } from '../../../../harness/model/errors.js'
import type { LiveFile, Tracer, TracerRecord, TracerSnapshot } from '../../../../harness/ledger/records.js'
import { startTracer } from '../../../../harness/ledger/observers/kernel/tracer.js'
import { endTrial, tryTracer } from '../../../../harness/ledger/observers/kernel/tracer-shared.js'
import {
  areLoaded,
  compile,
  fdtrace,
  hold,
  programsOf,
  scratchFolder,
  until,
  type Held,
} from '../../../probes/programs.js'
import { needing } from '../../../support/capability.js'
import { bpf } from '../../../support/bpf.js'

const bpfTest = needing(bpf)

const scratch = scratchFolder()
let holder = ''
beforeAll(() => {
  holder = compile('holder', scratch.path)
})
afterAll(scratch.remove)

/** Runs the holder behind the gate, traced, up to its READY. */
async function traced(
  options: { args?: string[]; signal?: boolean } = {},
): Promise<{ app: Held; tracer: Tracer }> {
  const folder = scratchFolder()
  const app = await hold([holder, ...(options.args ?? [])], folder.path)
  const tracer = await startTracer(app.pid, options.signal === undefined ? {} : { signal: options.signal })
  app.release()
  await until('the program is ready', () => /^READY/m.test(app.output()))
  const end = app.end
  app.end = async () => {
    await tracer.stop()
    await end()
    folder.remove()
  }
  return { app, tracer }
}

interface Truth {
  fd: number
  syscall: string
  kinds: string[]
}

/** What the program itself says about its descriptors. */
function truths(app: Held): Truth[] {
  const port = /^PORT (\d+)/m.exec(app.output())?.[1] ?? ''
  return [...app.output().matchAll(/^TRUTH (\d+) (\S+) ?(.*)$/gm)].map((match) => ({
    fd: Number(match[1]),
    syscall: match[2] ?? '',
    kinds: (match[3] ?? '').replace('PORT', port).split(' ').filter(Boolean),
  }))
}

const at = (snapshot: TracerSnapshot, fd: number): LiveFile | undefined =>
  snapshot.live.find((live) => live.fd === fd)

const recordsAt = (snapshot: TracerSnapshot, fd: number): TracerRecord[] =>
  snapshot.records.filter((record) => record.file === at(snapshot, fd)?.file)

/** Compares each descriptor's records with the truth; returns what differs. */
function differences(snapshot: TracerSnapshot, expected: Truth[]): string[] {
  return expected.flatMap(({ fd, syscall, kinds }) => {
    const records = recordsAt(snapshot, fd)
    const open = records.find((record) => record.kind === 'open')
    const seen = [
      open?.syscall ?? 'nothing',
      ...kinds.map((kind) => {
        const [name, value] = kind.split('=')
        if (name === 'tid') return `tid=${open?.tid}`
        if (name === 'tgid') return `tgid=${open?.tgid}`
        const record = records.find((record) => record.kind === name)
        return record === undefined ? `no ${name}` : value === undefined ? name : `${name}=${record.address}`
      }),
    ].join(' ')
    const wanted = [syscall, ...kinds].join(' ')
    return seen === wanted ? [] : [`descriptor ${fd}: ${seen}, not ${wanted}`]
  })
}

bpfTest(
  'every descriptor has the record of the call that created it, and of dup, bind, listen and connect',
  async () => {
    const { app, tracer } = await traced()
    try {
      const expected = truths(app)
      const snapshot = await tracer.snapshot(app.pid)
      expect(differences(snapshot, expected)).toEqual([])
      expect(expected.length).toBeGreaterThan(25)
      const numbers = (inherited: boolean): number[] =>
        snapshot.live.filter((live) => live.inherited === inherited).map(({ fd }) => fd)
      expect(numbers(false)).toEqual(expected.map(({ fd }) => fd).sort((a, b) => a - b))
      expect(numbers(true)).toEqual(app.inherited)
      expect(snapshot.lost).toBe(0)
      console.log(
        `records: ${expected.length} of ${expected.length} descriptors, ${snapshot.seen} events seen`,
      )
    } finally {
      await app.end()
    }
  },
)

bpfTest('link, inode, device and mode are what /proc and stat tell', async () => {
  const { app, tracer } = await traced()
  try {
    for (const { fd, link, inode, device, mode } of (await tracer.snapshot(app.pid)).live) {
      const path = `/proc/${app.pid}/fd/${fd}`
      const stat = statSync(path)
      // Of what type an anonymous inode is, the kernel itself is of two minds.
      const type = link.startsWith('anon_inode:') ? 0 : constants.S_IFMT
      expect({ fd, link, inode, device, mode: mode & (type | 0o777) }).toEqual({
        fd,
        link: readlinkSync(path),
        inode: stat.ino,
        device: stat.dev,
        mode: stat.mode & (type | 0o777),
      })
    }
  } finally {
    await app.end()
  }
})

bpfTest('a number and a struct file with 200,000 past lives still have the right record', async () => {
  const { app, tracer } = await traced({ args: ['200000'] })
  try {
    const snapshot = await tracer.snapshot(app.pid)
    expect(differences(snapshot, truths(app))).toEqual([])
    expect(snapshot.lost).toBe(0)
    expect(snapshot.seen).toBeGreaterThan(200_000)
    expect(snapshot.records.length).toBeLessThan(100)
  } finally {
    await app.end()
  }
})

bpfTest('a forked child is traced, and knows what it has from its parent', async () => {
  const { app, tracer } = await traced()
  try {
    const child = Number(/^READY (\d+)/m.exec(app.output())?.[1])
    const snapshot = await tracer.snapshot(child)
    const own = snapshot.live.find(({ link }) => link.endsWith('/of-child'))
    expect(recordsAt(snapshot, own?.fd ?? -1)).toMatchObject([
      { kind: 'open', tgid: child, name: 'of-child' },
    ])
    expect(recordsAt(snapshot, 3)).toMatchObject([{ kind: 'open', tgid: app.pid }, { kind: 'dup' }])
    expect(at(snapshot, 0)?.inherited).toBe(true)
  } finally {
    await app.end()
  }
})

bpfTest(
  'a program without a handler for SIGPROF is not signalled, and tracing without samples says "off"',
  async () => {
    const sampled = await traced()
    const silent = await traced({ signal: false })
    try {
      const states = async ({ app, tracer }: typeof sampled): Promise<string[]> => [
        ...new Set((await tracer.snapshot(app.pid)).records.map(({ sample }) => sample)),
      ]
      expect(await states(sampled)).toEqual(['no-handler'])
      expect(await states(silent)).toEqual(['off'])
    } finally {
      await sampled.app.end()
      await silent.app.end()
    }
  },
)

bpfTest('a tracer that is killed says so, refuses to answer and leaves nothing in the kernel', async () => {
  const { app, tracer } = await traced()
  try {
    const own = programsOf(ownTracer())
    expect(areLoaded(own)).toBe(true)
    process.kill(ownTracer(), 'SIGKILL')
    expect(await tracer.lost).toContain('SIGKILL')
    await expect(tracer.snapshot(app.pid)).rejects.toMatchObject({ code: 'TRACER_LOST' })
    await until('the programs are gone', () => !areLoaded(own))
  } finally {
    await app.end()
  }
})

bpfTest('stopping twice is harmless, is no loss, and leaves nothing in the kernel', async () => {
  const { app, tracer } = await traced()
  try {
    const own = programsOf(ownTracer())
    expect(areLoaded(own)).toBe(true)
    let lost: string | undefined
    void tracer.lost.then((why) => (lost = why))
    await Promise.all([tracer.stop(), tracer.stop()])
    await tracer.stop()
    await until('the programs are gone', () => !areLoaded(own))
    expect(lost).toBeUndefined()
  } finally {
    await app.end()
  }
})

bpfTest('the table of a process that has ended is empty', async () => {
  const { app, tracer } = await traced()
  try {
    app.child.kill('SIGKILL')
    await until('the program is gone', () => app.child.signalCode !== null)
    expect(await tracer.snapshot(app.pid)).toMatchObject({ live: [], records: [] })
  } finally {
    await app.end()
  }
})

bpfTest('a process that is not there is an error that says so', async () => {
  await expect(startTracer(2 ** 22 + 1)).rejects.toMatchObject({
    code: 'TRACER_LOST',
    message: /no such process/,
  })
})

bpfTest('without the capabilities, the error names those to grant', async (context) => {
  let attempt: Promise<Tracer>
  process.seteuid?.(65534)
  try {
    // A checkout below a private home can't be reached by an ordinary user.
    if (statSync(fdtrace, { throwIfNoEntry: false }) === undefined)
      return context.skip('the tracer is in a private folder')
    attempt = startTracer(process.pid)
  } finally {
    process.seteuid?.(0)
  }
  const error: unknown = await attempt.catch((error: unknown) => error)
  expect(error).toBeInstanceOf(TracerError)
  expect(error).toMatchObject({
    code: 'TRACER_DENIED',
    refusal: { program: 'on_alloc', code: 'EPERM', uid: 65534, capabilities: [] },
  })
  expect((error as TracerError).message).toMatch(
    /^The kernel refuses the eBPF tracer \(on_alloc: EPERM\): .* uid 65534 .*\. Grant .*setcap cap_bpf,cap_perfmon,cap_sys_ptrace\+ep /,
  )
})

bpfTest('apps at the same time share one tracer, which ends with the last of them', async () => {
  const apps = [await traced(), await traced({ signal: false }), await traced()]
  try {
    const own = ownTracer()
    for (const { app, tracer } of apps) {
      const snapshot = await tracer.snapshot(app.pid)
      expect(differences(snapshot, truths(app))).toEqual([])
      expect(snapshot.lost).toBe(0)
      const others = apps.map(({ app }) => app.pid).filter((pid) => pid !== app.pid)
      expect(snapshot.records.filter(({ tgid }) => others.includes(tgid))).toEqual([])
    }
    const states = async ({ app, tracer }: (typeof apps)[0]): Promise<string[]> => [
      ...new Set((await tracer.snapshot(app.pid)).records.map(({ sample }) => sample)),
    ]
    expect(await Promise.all(apps.map(states))).toEqual([['no-handler'], ['off'], ['no-handler']])
    const programs = programsOf(own)
    await apps.shift()?.app.end()
    await apps.shift()?.app.end()
    expect(ownTracer()).toBe(own)
    const [last] = apps
    expect(await last?.tracer.snapshot(last.app.pid)).toMatchObject({ lost: 0 })
    await apps.shift()?.app.end()
    await until('the programs are gone', () => !areLoaded(programs))
    expect(ownTracer).toThrow()
  } finally {
    for (const { app } of apps) await app.end()
  }
})

bpfTest(
  'a shared tracer that is killed is lost for all who use it, and the next app has a new one',
  async () => {
    const apps = [await traced(), await traced()]
    process.kill(ownTracer(), 'SIGKILL')
    try {
      for (const { app, tracer } of apps) {
        expect(await tracer.lost).toContain('SIGKILL')
        await expect(tracer.snapshot(app.pid)).rejects.toMatchObject({ code: 'TRACER_LOST' })
      }
      const next = await traced()
      apps.push(next)
      expect((await next.tracer.snapshot(next.app.pid)).records.length).toBeGreaterThan(25)
    } finally {
      for (const { app } of apps) await app.end()
    }
  },
)

bpfTest('the tracer that was loaded on trial serves the next app, and ends where none comes', async () => {
  await tryTracer()
  const own = ownTracer()
  const { app } = await traced()
  expect(ownTracer()).toBe(own)
  await app.end()
  await until('the first tracer is gone', () => !isOwnTracer(String(own)))
  await tryTracer()
  expect(ownTracer()).not.toBe(own)
  await endTrial()
  expect(ownTracer).toThrow()
})

/** The tracer of this process: there is one at most. */
function ownTracer(): number {
  const own = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && isOwnTracer(entry))
  expect(own.length).toBeLessThan(2)
  if (own[0] === undefined) throw new Error('no tracer is running')
  return Number(own[0])
}

function isOwnTracer(pid: string): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return /^Name:\s+fdtrace$/m.test(status) && status.includes(`\nPPid:\t${process.pid}\n`)
  } catch {
    return false
  }
}
