import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { nameProbes } from '../../harness/app/probe-names.js'
import { holdProcess } from '../../harness/app/process.js'
import { linkerOf } from '../../harness/host/linker.js'
import { loadAgent } from '../../harness/jvm/attach.js'
import { toLedgerEntry } from '../../harness/model/target.js'
import { findJvms } from '../../harness/jvm/java.js'
import { prepareLedger, type LedgerReading, type TraceMode } from '../../harness/ledger/ledger.js'
import type { LedgerEntry } from '../../harness/model/report.js'
import { compileJava, fixture, jdks, muslJvm, type Jdk } from '../support/java.js'

export interface KindsReading extends Omit<LedgerReading, 'entries'> {
  entries: LedgerEntry[]
  /** What the program itself saw appear, `fd link`, and the kind that made it. */
  truth: Map<string, string>
  /** What the program printed. */
  output: string
}

/** Boots the program of all kinds under the ledger, and gives what the program itself saw it open. */
export async function readKinds(
  jdk: Jdk,
  mode: TraceMode,
  options: {
    kinds?: string[]
    jvmOptions?: string[]
    env?: Record<string, string>
    preload?: boolean
    afterSilence?: (folder: string) => void
  } = {},
): Promise<KindsReading> {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'))
  mkdirSync(join(folder, 'data'))
  const classes = compileKinds(jdk)
  const linker = await linkerOf(jdk.java)
  const inside = await nameProbes(folder, linker?.libc ?? 'glibc')
  const plan = await (await prepareLedger(mode)).launches({ java: jdk.java, linker, inside }, folder)
  const needs = plan.needs(options.env?.LD_PRELOAD)
  const environment = Object.fromEntries(
    Object.entries(needs.environment).map(([name, value]) => [name, inside(value)]),
  )
  const held = await holdProcess({
    command: [
      jdk.java,
      ...needs.jvmOptions.map(inside),
      ...nativeAccess(jdk),
      ...(options.jvmOptions ?? []),
      `-Ddir=${folder}/data`,
      `-Dnative=${compileKeep(jdk, folder)}`,
      // The long run, a few seconds more: `LEDGER_REUSE=1000000 npx vitest run test/ledger/ledger.test.ts`.
      `-Dreuse=${process.env.LEDGER_REUSE ?? 20_000}`,
      '-cp',
      classes,
      'Kinds',
      ...(options.kinds ?? []),
    ],
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      // In the C locale, a JDK whose own path has other letters does not find its own libraries.
      LC_ALL: 'C.UTF-8',
      ...options.env,
      ...(options.preload === false ? {} : environment),
    },
    logFile: join(folder, 'app.log'),
  })
  const ledger = await plan.launched(held.pid)
  const app = held.release()
  await ledger.released()
  try {
    await Promise.race([
      app.output.line(/^READY/, AbortSignal.timeout(process.env.LEDGER_REUSE ? 600_000 : 60_000)),
      app.exited.then((exit) => Promise.reject(new Error(`exit ${exit}: ${app.output.tail(20)}`))),
    ])
    // A launcher may have become the JVM, or have started it as a child.
    const [jvm = app.pid] = await findJvms(app.pid)
    const load = (library: string, text: string) => loadAgent(jvm, inside(library), inside(text))
    const quiet = await ledger.quiet(load)
    options.afterSilence?.(folder)
    const reading = await quiet.read(await ledger.capture(jvm))
    return toKinds(reading, app.output.text)
  } finally {
    await app.stop()
    await ledger.stop()
  }
}

const isModern = ({ feature }: Jdk): boolean => feature >= 25

export const nativeAccess = (jdk: Jdk): string[] =>
  isModern(jdk) ? ['--enable-native-access=ALL-UNNAMED'] : []

/** The program of all kinds, and what runs it when it is told to. */
export function compileKinds(jdk: Jdk): string {
  const release = isModern(jdk) ? 25 : 17
  const names = ['Kinds', 'MoreKinds', 'Native', 'After'].map((name) => fixture(`java/17/${name}.java`))
  const sources = isModern(jdk) ? [...names, fixture('java/25/Ffm.java')] : names
  return compileJava(`kinds-${release}`, sources, release)
}

/** A ledger with what the program has printed of what it opened. */
export function toKinds(reading: LedgerReading, output: string): KindsReading {
  const truth = new Map(
    [...output.matchAll(/^TRUTH (\S+) (\d+) (.*)$/gm)].map(([, kind = '', fd, link]) => [
      `${fd} ${link}`,
      kind,
    ]),
  )
  expect(output).not.toMatch(/^FAILED/m)
  return { ...reading, entries: reading.entries.map(toLedgerEntry), truth, output }
}

/** Compiles the library that stands for those that apps bring; its name makes it a name service module, too. */
export function compileKeep(jdk: Jdk, folder: string): string {
  const library = join(folder, 'libnss_keep.so.2')
  // A run-time has no headers; those of any JDK serve.
  const include =
    [jdk, ...jdks].map(({ home }) => join(home, 'include')).find((path) => existsSync(path)) ?? ''
  const flags = ['-O1', '-shared', '-fPIC', `-I${include}`, `-I${join(include, 'linux')}`]
  execFileSync(jdk === muslJvm ? 'musl-gcc' : 'cc', [
    ...flags,
    '-Wl,-soname,libnss_keep.so.2',
    '-o',
    library,
    fixture('keep.c'),
  ])
  return library
}

/** What must be on the stack of a kind that is not opened in a method of its own name: a method, or a class of the JDK. */
const MAKERS: Partial<Record<string, RegExp>> = {
  virtual: /^Kinds\.in_virtual$/,
  many_threads: /^Kinds\.one_of_many$/,
  storm: /^Kinds\.storm$/,
  // The server's own thread accepts: no method of the program is on its stack.
  http_server: /^Kinds\.open_http_server$|^sun\.nio\.ch\.ServerSocketChannelImpl\.implAccept$/,
  async_accept:
    /^MoreKinds\.open_async_accept$|^sun\.nio\.ch\.UnixAsynchronousServerSocketChannelImpl\.onEvent$/,
  native_inline_storm: /^MoreKinds\.inline_storm$/,
  recursive: /^MoreKinds\.recurse$/,
  deep: /^MoreKinds\.recurse$/,
}

interface Judgement extends Pick<LedgerReading, 'evidence' | 'differences'> {
  /** The entries whose maker the program knows, and those of them that name the right Java method. */
  expected: { entry: LedgerEntry; kind: string }[]
  right: { entry: LedgerEntry; kind: string }[]
  /** The entries that were not inherited, and those of them that have a record. */
  own: LedgerEntry[]
  recorded: LedgerEntry[]
  /** `file_stream 1/1`: records and right methods of each kind, of how many. */
  perKind: string[]
}

/** Holds the ledger against what the program knows. */
export function judgeKinds({ entries, links, truth, evidence, differences }: KindsReading): Judgement {
  const expected = entries.flatMap((entry) => {
    const kind = truth.get(`${entry.fd} ${links.get(entry.fd)}`)
    return kind === undefined ? [] : [{ entry, kind }]
  })
  const right = expected.filter(({ entry, kind }) => isRight(entry, kind))
  const own = entries.filter(({ missing }) => !missing?.includes('inherited'))
  const recorded = own.filter(({ origin }) => origin !== null)
  const perKind = [...new Set(expected.map(({ kind }) => kind))].map((kind) => {
    const live = expected.filter((each) => each.kind === kind)
    const records = live.filter(({ entry }) => entry.origin !== null).length
    const methods = right.filter((each) => each.kind === kind).length
    return records === methods
      ? `${kind} ${methods}/${live.length}`
      : `${kind} records ${records}/${live.length}, methods ${methods}/${live.length}`
  })
  return { expected, right, own, recorded, perKind, evidence, differences }
}

function isRight({ origin, missing }: LedgerEntry, kind: string): boolean {
  // Another process opened it: the kernel's ledger says so, the preloaded library's tells who received it.
  if (kind === 'native_scm_foreign' && origin?.java.length === 0)
    return missing?.includes('by another process') ?? false
  const maker = MAKERS[kind] ?? new RegExp(`Kinds\\.open_${kind}$`)
  return origin?.java.some((frame) => maker.test(`${frame.class}.${frame.method}`)) ?? false
}
