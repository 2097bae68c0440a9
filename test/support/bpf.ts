import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { holdProcess } from '../../harness/app/process.js'
import type { Capability } from './capability.js'
import { startTracer } from '../../harness/ledger/observers/kernel/tracer.js'

async function whyNot(): Promise<string | null> {
  const logFile = join(mkdtempSync(join(tmpdir(), 'bpf-')), 'log')
  const held = await holdProcess({ command: ['true'], cwd: '/', env: {}, logFile })
  try {
    await (await startTracer(held.pid)).stop()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await held.stop()
  }
}

/** BPF programs can be loaded here: the kernel is asked, by loading the real ones. */
export const bpf: Capability = { name: 'bpf', refusal: await whyNot() }
