/** What can go wrong between image and answer: one clear sentence each, and nothing is left. */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, expect } from 'vitest'
import { preflight, type PreflightOptions } from '../../../harness/preflight.js'
import { openWorkshop } from '../../checkpoint/rehearsal/programs/rehearsed-app.js'
import { needing } from '../../support/capability.js'
import { packageRoot } from '../../../harness/host/package-root.js'
import { criu, oldCriu } from '../../support/criu.js'
import { jdk } from '../../support/java.js'

/** Does in afterRestore what it is told. */
const faulty = `import jdk.crac.*;
public class Faulty implements Resource { static Faulty me = new Faulty(); static String how;
    public void beforeCheckpoint(Context<? extends Resource> c) { }
    public void afterRestore(Context<? extends Resource> c) throws Exception {
        if (how.equals("dies")) Runtime.getRuntime().halt(3);
        if (how.equals("hangs")) Thread.sleep(Long.MAX_VALUE); }
    public static void main(String[] a) throws Exception { how = a[0]; Core.getGlobalContext().register(me);
        System.out.println("READY"); Thread.sleep(Long.MAX_VALUE); } }`

const workshop = openWorkshop({ Faulty: faulty })
const given = process.env.CRAC_PREFLIGHT_CRIU
afterEach(() => {
  process.env.CRAC_PREFLIGHT_CRIU = given
})
afterAll(() => {
  workshop.remove()
})

/** CRIU, with something that happens before it does one of its works, in the folder of the image. */
function withAccident(work: 'dump' | 'restore', accident: string): void {
  const script = join(workshop.folder, `${work}-accident`)
  writeFileSync(script, `#!/bin/sh\n[ "$1" = ${work} ] && { ${accident}\n}\nexec "${given ?? ''}" "$@"\n`)
  chmodSync(script, 0o755)
  process.env.CRAC_PREFLIGHT_CRIU = script
}

const check = async (how: string, more: PreflightOptions = {}) => {
  const command = [jdk.java, '-cp', workshop.jar, 'Faulty', how]
  const spec = { command, cwd: workshop.folder, ready: { log: /READY/ } }
  const report = await preflight(spec, { restore: true, trace: 'none', ...more })
  expect(report.failure).toBeNull()
  expect(report.verdict).toBe('blocked')
  await expect.poll(() => existsSync(`/proc/${report.app.pid ?? 0}`), { timeout: 20_000 }).toBe(false)
  expect(report.restoration?.verdict).toBe('restore-failed')
  return { reason: report.restoration?.reason, ids: report.blockers.map(({ id }) => id) }
}

needing(criu)('an app that dies in its afterRestore was back, and that is said', async () => {
  const { reason, ids } = await check('dies')
  expect(reason).toBe('the app was back, and ended before its afterRestore had returned')
  expect(ids).toEqual(['after-restore:image'])
})

needing(criu)('an afterRestore that hangs is not taken for an image that can not be restored', async () => {
  const { reason } = await check('hangs', { checkpointTimeoutMs: 16_000 })
  expect(reason).toBe('the app is back, and its afterRestore had not returned within 8000 ms')
})

needing(criu)('a dump that fails without a word is a refused dump, not an app that was lost', async () => {
  withAccident('dump', 'exit 9')
  const { reason, ids } = await check('answers')
  expect(reason).toBe('CRIU refused to make the image: it ended with exit code 9, and its log names no error')
  expect(ids.join()).not.toContain('after-restore')
})

needing(criu)('a pid that somebody has taken meanwhile is named', async () => {
  // The process that gets it sleeps for as long as CRIU tries.
  const take = `cd "$3"; pid=$(ls core-*.img | sed -n '1s/core-\\([0-9]*\\).img/\\1/p')
for try in 1 2 3 4 5 6 7 8 9; do echo $((pid - 1)) > /proc/sys/kernel/ns_last_pid; sleep 20 & [ $! = "$pid" ] && break; kill $!; done
"${given ?? ''}" "$@"; code=$?; kill $!; exit $code`
  withAccident('restore', take)
  const { reason } = await check('answers')
  expect(reason).toMatch(/^CRIU could not bring the app back: .*(?:\d+: File exists|[Pp]id)/)
})

needing(criu)('an image folder that is full is named, and no half of an image stays', async () => {
  const small = join(workshop.folder, 'small')
  mkdirSync(small)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=1777', 'none', small])
  const { TMPDIR } = process.env
  process.env.TMPDIR = small
  try {
    const command = [jdk.java, '-cp', workshop.jar, 'Faulty', 'answers']
    const spec = { command, cwd: workshop.folder, ready: { log: /READY/ } }
    const report = await preflight(spec, { restore: true, trace: 'none' })
    expect(`${report.failure?.message ?? ''} ${report.restoration?.reason ?? ''}`).toMatch(
      /^Only \d+ kB are left on the disk of|No space left on device/,
    )
    expect(report.verdict).not.toBe('checkpointable')
    await expect.poll(() => existsSync(`/proc/${report.app.pid ?? 0}`), { timeout: 20_000 }).toBe(false)
    expect(readdirSync(small)).toEqual([])
  } finally {
    process.env.TMPDIR = TMPDIR
    execFileSync('umount', ['--lazy', small])
  }
})

/** What is said of a CRIU, by a harness that is started in this way. */
function saidOf(program: string, ...starting: string[]): string {
  const found = join(packageRoot, 'dist', 'harness', 'checkpoint', 'criu', 'criu.js')
  const script = `import(${JSON.stringify(found)}).then((m) => m.findCriu()).then((found) => console.log(found))`
  const words = [...starting, process.execPath, '-e', script]
  return execFileSync(words[0] ?? '', words.slice(1), {
    encoding: 'utf8',
    env: { ...process.env, CRAC_PREFLIGHT_CRIU: program },
  })
}

needing(oldCriu)('a CRIU that is too old is named with its version', () => {
  expect(saidOf(oldCriu.program)).toMatch(/ is CRIU 3\.\d+(?:\.\d+)?, and a restore needs 4\.2 or newer\.$/m)
})

needing(criu)('a user without the capabilities is told which they are', () => {
  const without = [
    'setpriv',
    '--bounding-set',
    '-sys_admin,-checkpoint_restore,-sys_ptrace',
    '--inh-caps',
    '-all',
  ]
  expect(saidOf(given ?? '', ...without).trim()).toBe(
    'CRIU needs root, or CAP_CHECKPOINT_RESTORE and CAP_SYS_PTRACE; this process has neither.',
  )
  expect(saidOf(given ?? '', ...without, '--reuid', '65534')).toContain('this process has neither.')
})
