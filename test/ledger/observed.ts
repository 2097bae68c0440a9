import { join } from 'node:path'
import { holdProcess } from '../../harness/app/process.js'
import { loadAgent } from '../../harness/jvm/attach.js'
import { Ledger, type LedgerReading, type TraceMode } from '../../harness/ledger/ledger.js'
import type { LedgerEntry } from '../../harness/model/report.js'
import { toLedgerEntry } from '../../harness/model/target.js'

/** Boots a program that prints READY when it has opened what it opens, and reads its ledger then. */
export async function observe(
  mode: TraceMode,
  folder: string,
  command: (options: string[]) => string[],
  env: Record<string, string> = {},
): Promise<Omit<LedgerReading, 'entries'> & { entries: LedgerEntry[]; output: string }> {
  const ledger = await Ledger.prepare(folder, mode)
  const held = await holdProcess({
    command: command(ledger.jvmOptions),
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...env, ...ledger.environment(env.LD_PRELOAD) },
    logFile: join(folder, 'app.log'),
  })
  await ledger.observe(held.pid)
  const app = held.release()
  await ledger.released()
  try {
    await Promise.race([
      app.output.line(/^READY/, AbortSignal.timeout(90_000)),
      app.exited.then((exit) => Promise.reject(new Error(`exit ${exit}: ${app.output.tail(20)}`))),
    ])
    const load = (library: string, text: string) => loadAgent(app.pid, library, text)
    await ledger.silence(load)
    const reading = await ledger.read(await ledger.capture(app.pid), load)
    return { ...reading, entries: reading.entries.map(toLedgerEntry), output: app.output.text }
  } finally {
    await app.stop()
    await ledger.stop()
  }
}
