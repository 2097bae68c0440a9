import { join } from 'node:path'
import { nameProbes } from '../../harness/app/probe-names.js'
import { holdProcess } from '../../harness/app/process.js'
import { loadAgent } from '../../harness/jvm/attach.js'
import { prepareLedger, type LedgerReading, type TraceMode } from '../../harness/ledger/ledger.js'
import type { LedgerEntry } from '../../harness/model/report.js'
import { toLedgerEntry } from '../../harness/model/target.js'

/** Boots a program that prints READY when it has opened what it opens, and reads its ledger then. */
export async function observe(
  mode: TraceMode,
  folder: string,
  command: (options: string[]) => string[],
  env: Record<string, string> = {},
): Promise<Omit<LedgerReading, 'entries'> & { entries: LedgerEntry[]; output: string }> {
  const prepared = await prepareLedger(mode)
  const plan = await prepared.launches(null, folder)
  const needs = plan.needs(env.LD_PRELOAD)
  const inside = await nameProbes(folder, 'glibc')
  const environment = Object.entries(needs.environment).map(([name, value]) => [name, inside(value)] as const)
  const held = await holdProcess({
    command: command(needs.jvmOptions.map(inside)),
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...env, ...Object.fromEntries(environment) },
    logFile: join(folder, 'app.log'),
  })
  const ledger = await plan.launched(held.pid)
  const app = held.release()
  await ledger.released()
  try {
    await Promise.race([
      app.output.line(/^READY/, AbortSignal.timeout(90_000)),
      app.exited.then((exit) => Promise.reject(new Error(`exit ${exit}: ${app.output.tail(20)}`))),
    ])
    const load = (library: string, text: string) => loadAgent(app.pid, inside(library), inside(text))
    const quiet = await ledger.quiet(load)
    const reading = await quiet.read(await ledger.capture(app.pid))
    return { ...reading, entries: reading.entries.map(toLedgerEntry), output: app.output.text }
  } finally {
    await app.stop()
    await ledger.stop()
  }
}
