import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { holdProcess } from '../../harness/app/process.js'
import { loadAgent } from '../../harness/jvm/attach.js'
import { Ledger, type LedgerReading, type TraceMode } from '../../harness/ledger/ledger.js'
import type { LedgerEntry } from '../../harness/report.js'
import { compileJava, fixture, type Jdk } from '../support/java.js'

export interface KindsReading extends LedgerReading {
  /** What the program itself saw appear, `fd link`, and the kind that made it. */
  truth: Map<string, string>
  /** What the program printed. */
  output: string
}

/** Boots the program of all kinds under the ledger, and gives what the program itself saw it open. */
export async function readKinds(
  jdk: Jdk,
  mode: TraceMode,
  options: { kinds?: string[]; jvmOptions?: string[]; env?: Record<string, string>; preload?: boolean } = {},
): Promise<KindsReading> {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'))
  mkdirSync(join(folder, 'data'))
  const modern = jdk.feature >= 25
  const classes = compileJava(
    `kinds-${modern ? 25 : 17}`,
    [fixture('java/17/Kinds.java'), ...(modern ? [fixture('java/25/Ffm.java')] : [])],
    modern ? 25 : 17,
  )
  const ledger = await Ledger.prepare(folder, mode)
  const held = await holdProcess({
    command: [
      jdk.java,
      ...ledger.jvmOptions,
      ...(modern ? ['--enable-native-access=ALL-UNNAMED'] : []),
      ...(options.jvmOptions ?? []),
      `-Ddir=${folder}/data`,
      '-cp',
      classes,
      'Kinds',
      ...(options.kinds ?? []),
    ],
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      ...options.env,
      ...(options.preload === false ? {} : ledger.environment(options.env?.LD_PRELOAD)),
    },
    logFile: join(folder, 'app.log'),
  })
  await ledger.observe(held.pid)
  const app = held.release()
  ledger.released()
  try {
    await Promise.race([
      app.output.line(/^READY/, AbortSignal.timeout(60_000)),
      app.exited.then((exit) => Promise.reject(new Error(`exit ${exit}: ${app.output.tail(20)}`))),
    ])
    const load = (library: string, text: string) => loadAgent(app.pid, library, text)
    await ledger.silence(load)
    const reading = await ledger.read(await ledger.capture(app.pid), load)
    const output = app.output.text
    const truth = new Map(
      [...output.matchAll(/^TRUTH (\S+) (\d+) (.*)$/gm)].map(([, kind = '', fd, link]) => [
        `${fd} ${link}`,
        kind,
      ]),
    )
    expect(output).not.toMatch(/^FAILED/m)
    return { ...reading, truth, output }
  } finally {
    await app.stop()
    await ledger.stop()
  }
}

/** The method of the program that opens a kind; some kinds open in a method or thread of their own. */
const METHODS: Partial<Record<string, string>> = {
  virtual: 'in_virtual',
  many_threads: 'one_of_many',
  storm: 'storm',
}

interface Judgement extends Pick<LedgerReading, 'evidence' | 'differences'> {
  /** The entries whose maker the program knows, and those of them that name the right Java method. */
  expected: { entry: LedgerEntry; kind: string }[]
  right: { entry: LedgerEntry; kind: string }[]
  /** The entries that were not inherited, and those of them that have a record. */
  own: LedgerEntry[]
  recorded: LedgerEntry[]
}

/** Holds the ledger against what the program knows. */
export function judgeKinds({ entries, links, truth, evidence, differences }: KindsReading): Judgement {
  const expected = entries.flatMap((entry) => {
    const kind = truth.get(`${entry.fd} ${links.get(entry.fd)}`)
    return kind === undefined ? [] : [{ entry, kind }]
  })
  const right = expected.filter(({ entry, kind }) => {
    const methods = entry.origin?.java.map(({ method }) => method) ?? []
    // The HTTP server's own thread accepts the connection: no method of the program is on its stack.
    if (kind === 'http_server' && methods.includes('implAccept')) return true
    return methods.includes(METHODS[kind] ?? `open_${kind}`)
  })
  const own = entries.filter(({ missing }) => !missing?.includes('inherited'))
  const recorded = own.filter(({ origin }) => origin !== null)
  return { expected, right, own, recorded, evidence, differences }
}
