import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { holdProcess } from '../../harness/app/process.js'
import { startTracer } from '../../harness/ledger/observers/kernel/tracer.js'

/** Why BPF programs can't be loaded here; null where they can. Tests that need them skip with it. */
export const bpfRefusal: string | null = await (async () => {
  const logFile = join(mkdtempSync(join(tmpdir(), 'bpf-')), 'log')
  const held = await holdProcess({ command: ['true'], cwd: '/', env: {}, logFile })
  try {
    await (await startTracer(held.pid)).stop()
    return null
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    console.log(`skipped: the eBPF tracer does not start here: ${why}`)
    return why
  } finally {
    await held.stop()
  }
})()
