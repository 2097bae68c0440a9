import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { packageRoot } from '../harness/host/package-root.js'
import { areLoaded, programsOf } from './probes/programs.js'
import { bpf } from './support/bpf.js'
import { docker, engine, image, inventory } from './support/docker.js'
import { jdk } from './support/java.js'
import { needing, type Capability } from './support/capability.js'

/** At how many moments a check is killed. With ten: CRAC_PREFLIGHT_KILLS=10. */
const kills = Number(process.env.CRAC_PREFLIGHT_KILLS ?? 2)

const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
const ready = ['--ready', 'log=/READY/']
const places: [string, string[], Capability[]][] = [
  [
    'in a container',
    ['--image', image('user'), ...ready, '--', '-cp', '/app', 'leaks.Main', 'FileInput'],
    [engine, bpf],
  ],
  [
    'through a sidecar',
    ['--image', image('user'), ...ready, '--', '-cp', '/app', 'leaks.Main', 'FileInput'],
    [engine, bpf],
  ],
  ['on this machine', [...ready, '--', jdk.java, '-cp', leaks, 'leaks.Main', 'FileInput'], []],
]

for (const [place, args, needed] of places)
  needing(...needed)(
    `after ${kills} checks ${place} that were killed and one that was not, everything is as before`,
    { timeout: 120_000 + kills * 60_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'killed-'))
      const begin = performance.now()
      expect(await exitOf(check(place, args, folder))).toBe(1)
      const whole = performance.now() - begin
      const before = await everything(folder)
      const held = engine.refusal === null ? await inventory() : []
      const moments = Array.from({ length: kills }, () => Math.round(Math.random() * whole))
      console.log(`a check ${place} takes ${Math.round(whole)} ms; killed after ${moments.join(', ')} ms`)
      for (const moment of moments) {
        const child = check(place, args, folder)
        await sleep(moment)
        const programs = own(folder).flatMap(programsHeldBy)
        child.kill('SIGKILL')
        await exitOf(child)
        // By itself, and not only by the next run.
        await expect.poll(() => own(folder), { timeout: 40_000 }).toEqual([])
        await expect.poll(() => readdirSync(folder), { timeout: 40_000 }).toEqual([])
        if (engine.refusal === null) expect(await inventory()).toEqual(held)
        if (bpf.refusal === null)
          await expect.poll(() => areLoaded(programs), { timeout: 10_000 }).toBe(false)
      }
      expect(await exitOf(check(place, args, folder))).toBe(1)
      expect(await everything(folder)).toEqual(before)
      rmSync(folder, { recursive: true })
    },
  )

/** None where the process has just ended. */
function programsHeldBy(pid: number): number[] {
  try {
    return programsOf(pid)
  } catch {
    return []
  }
}

/** A check whose temporary folder is its own; that also marks all that it starts on this machine. */
function check(place: string, args: string[], folder: string): ChildProcess {
  const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
  return spawn(process.execPath, [cli, 'check', ...args], {
    stdio: 'ignore',
    env: {
      ...process.env,
      TMPDIR: folder,
      ...(place === 'through a sidecar' && { CRAC_PREFLIGHT_SIDECAR: '1' }),
    },
  })
}

async function exitOf(child: ChildProcess): Promise<unknown> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

/** What a check could leave: processes, temporary files, and whatever the engine knows. */
async function everything(folder: string): Promise<unknown> {
  const here = { processes: own(folder), files: readdirSync(folder) }
  if (engine.refusal !== null) return here
  const dockerd = await docker()
  return {
    ...here,
    held: await inventory(),
    images: (await dockerd.listImages({ all: true })).map(({ Id }) => Id).sort(),
    networks: (await dockerd.listNetworks()).map(({ Id }) => Id).sort(),
  }
}

/** The processes that a check of that folder has started, itself included. */
function own(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${folder}\0`)
      } catch {
        return false
      }
    })
}
