import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { reportsSchema } from '../../reports/json.js'
import { jdk } from '../support/java.js'
import { cli } from './command-line.js'

const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
interface Harness {
  child: ChildProcess
  /** The pid of an app of it, once that is being warmed up. */
  warmed: (app: string) => number | null
  json: string
}

/** A harness that checks two apps at a time, and is held in the warm-up of both until the file is there. */
function begin(name: string, folder: string, goOn: string): Harness {
  const app = (...kinds: string[]) =>
    JSON.stringify({
      command: [jdk.java, '-cp', leaks, 'leaks.Main', ...kinds],
      'warm-up': [
        { run: `echo $CRAC_PREFLIGHT_PID > ${folder}/${name}-$CRAC_PREFLIGHT_APP` },
        { run: `until [ -e ${goOn} ]; do sleep 0.1; done` },
      ],
    })
  const file = join(folder, `${name}.yaml`)
  const apps = `  files: ${app('FileInput', 'Listener')}\n  pipes: ${app('NioPipe')}\n`
  writeFileSync(file, `defaults: { ready: { log: READY }, timeout: 120 }\napps:\n${apps}`)
  const json = join(folder, `${name}.json`)
  const args = ['check', '--file', file, '--jobs', '2', '--json', json, '--quiet']
  const child = spawn(process.execPath, [cli, ...args], { stdio: 'ignore' })
  return {
    child,
    json,
    warmed: (app) => {
      const told = join(folder, `${name}-${app}`)
      return existsSync(told) ? Number(readFileSync(told, 'utf8')) || null : null
    },
  }
}

const codeOf = async ({ child }: Harness): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

test(
  'harness processes on one machine share nothing: one that is killed takes nothing from the others',
  { timeout: 180_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-'))
    const goOn = join(folder, 'go-on')
    const [one, killed, other] = [
      begin('one', folder, goOn),
      begin('killed', folder, goOn),
      begin('other', folder, goOn),
    ]
    const pids = (harness: Harness) => ['files', 'pipes'].map(harness.warmed)
    for (const each of [one, killed, other])
      await expect.poll(() => pids(each), { timeout: 100_000 }).not.toContain(null)
    killed.child.kill('SIGKILL')
    const itsApps = pids(killed)
    await expect
      .poll(() => itsApps.filter((pid) => existsSync(`/proc/${String(pid)}`)), { timeout: 20_000 })
      .toEqual([])
    writeFileSync(goOn, '')
    for (const each of [one, other]) {
      expect(await codeOf(each)).toBe(1)
      const { reports } = reportsSchema.parse(JSON.parse(readFileSync(each.json, 'utf8')))
      expect(
        reports.map(({ scenario, failure, blockers, evidence }) => ({
          scenario,
          failure,
          blockers: blockers.map(({ id }) => id),
          lost: evidence.lost,
        })),
      ).toEqual([
        {
          scenario: 'files',
          failure: null,
          blockers: ['file:leaks.FileInput.open', 'listening-socket:leaks.Listener.open'],
          lost: 0,
        },
        { scenario: 'pipes', failure: null, blockers: ['pipe:leaks.NioPipe.open'], lost: 0 },
      ])
    }
    rmSync(folder, { recursive: true })
  },
)
