import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { areLoaded, programsOf } from '../probes/programs.js'
import { bpf } from '../support/bpf.js'
import { needing } from '../support/capability.js'
import { seeded } from '../support/seeded.js'
import { allAttachFiles, attachFiles, everything, own } from './left.js'
import { modes, type Mode } from './modes.js'

/** At how many moments each mode is killed, and which: `npm run test:kills` takes 50. */
const kills = Number(process.env.CRAC_PREFLIGHT_KILLS ?? 2)
const seed = Number(process.env.CRAC_PREFLIGHT_KILLS_SEED ?? 1)

for (const mode of modes)
  needing(...mode.needs)(
    `a harness ${mode.name} that is killed leaves nothing, at ${kills} moments`,
    { timeout: 120_000 + kills * 60_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'killed-'))
      const { args, end } = await mode.begin()
      const start = () => begin(mode, args, folder)
      // Only the second one is as all others: what it is made of lies in memory by then.
      expect(await exitOf(start())).toBe(mode.code)
      const first = performance.now()
      expect(await exitOf(start())).toBe(mode.code)
      const whole = performance.now() - first
      const before = await everything(folder)
      const random = seeded(seed)
      const waits: number[] = []
      const moments = Array.from({ length: kills }, () => Math.round(random() * whole))
      for (const moment of moments) {
        const others = new Set(allAttachFiles())
        const child = start()
        await sleep(moment)
        const processes = own(folder)
        const programs = processes.flatMap(programsHeldBy)
        child.kill('SIGKILL')
        await exitOf(child)
        const killed = performance.now()
        // By itself, and not only by the next run.
        const left = `after ${moment} ms`
        const soon = { timeout: 40_000, interval: 20 }
        await expect.poll(() => everything(folder), { ...soon, message: left }).toEqual(before)
        await expect.poll(() => attachFiles(processes, others), { ...soon, message: left }).toEqual([])
        if (bpf.refusal === null)
          await expect.poll(() => areLoaded(programs), { ...soon, message: left }).toBe(false)
        waits.push(performance.now() - killed)
      }
      console.log(
        `${mode.name}: takes ${Math.round(whole)} ms; seed ${seed}, killed after ${moments.join(', ')} ms; nothing left after ${Math.round(median(waits))} ms, ${Math.round(Math.max(...waits))} ms at most`,
      )
      expect(await exitOf(start())).toBe(mode.code)
      await expect.poll(() => everything(folder), { timeout: 10_000 }).toEqual(before)
      await end()
      rmSync(folder, { recursive: true })
    },
  )

const median = (all: number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0

/** None where the process has just ended. */
function programsHeldBy(pid: number): number[] {
  try {
    return programsOf(pid)
  } catch {
    return []
  }
}

/** A run whose temporary folder is its own; that also marks all that it starts on this machine. */
function begin({ env }: Mode, args: string[], folder: string): ChildProcess {
  const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
  return spawn(process.execPath, [cli, ...args], {
    stdio: 'ignore',
    env: { ...process.env, ...env, TMPDIR: folder },
  })
}

async function exitOf(child: ChildProcess): Promise<unknown> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}
