import { expect, test } from 'vitest'
import { explainTexts } from '../../harness/explain/explain.js'

async function told(...lines: string[]) {
  const [one] = await explainTexts([{ name: 'a.log', text: `${lines.join('\n')}\n` }])
  const [answer] = one!.text.answers
  expect(answer?.blockers).toHaveLength(1)
  const [blocker] = answer!.blockers
  return { outcome: one!.whole.outcome, ...blocker!, said: blocker?.findings[0]?.message }
}

const dumped = (line: string) =>
  told(
    'CR: Checkpoint ...',
    line,
    '(00.061480) Error (criu/cr-dump.c:1352): Dump files (pid: 4711) failed with -1',
    '(00.061490) Error (criu/cr-dump.c:1781): Dumping FAILED.',
    'JVM: invalid info for restore provided: queued code -1',
  )

test.each([
  [
    'criu/files-reg.c:1031',
    "Can't dump ghost file /tmp/a.tmp of 3145728 size, increase limit",
    /deleted file.*--ghost-limit/,
  ],
  ['criu/files-reg.c:980', "Can't create link remap for /a. Use link-remap option.", /--link-remap/],
  ['criu/sk-unix.c:710', "unix: Can't dump half of stream unix connection.", /unix socket leads out/],
  [
    'criu/tty.c:1861',
    'tty: Found dangling tty with sid 1 pgid 1 (pts) on peer fd 0.',
    /terminal.*without -t/,
  ],
  [
    'criu/files.c:567',
    "Can't dump file 23 of that type [0600] (anon anon_inode:[io_uring])",
    /kind that CRIU can not dump/,
  ],
  [
    'criu/files-reg.c:1338',
    "Can't lookup mount=206 for fd=-3 path=/opt/java/bin/java",
    /does not find a mount/,
  ],
])('what CRIU can not dump is told as what it is: %s', async (place, reason, advice) => {
  const { outcome, summary, remedy, said } = await dumped(`(00.061441) Error (${place}): ${reason}`)
  expect(outcome).toBe('checkpoint-failed')
  expect(`${summary}: ${remedy.text}`).toMatch(advice)
  expect(remedy.text).not.toContain('privileges')
  expect(said).toBe(reason)
})

test('of several errors of CRIU the one with a known reason is told', async () => {
  const { said, summary } = await told(
    '(00.4) Error (criu/cgroup.c:768): cg: failed walking /proc/self/fd/13/: Permission denied',
    '(00.5) Error (criu/file-lock.c:112): Some file locks are hold by dumping tasks! You can try --file-locks to dump them.',
    '(00.6) Error (criu/cr-dump.c:1780): Dumping FAILED.',
  )
  expect(summary).toBe('a file lock is held')
  expect(said).toContain('--file-locks')
})

test('an error of CRIU that nobody knows is not said to be nobody’s fault', async () => {
  const { remedy } = await dumped('(00.4) Error (criu/seccomp.c:55): seccomp: Unsupported seccomp mode 3')
  expect(remedy.text).toContain('Where the line names a file, a socket or a mount, that is the reason')
})

test.each([
  [
    '(00.02)    128: Error (criu/files-reg.c:2125): File var/log/app.log has bad size 12 (expect 11)',
    /not as it was/,
  ],
  [
    "(00.02)    128: Error (criu/files-reg.c:2143): Can't open file tmp/a on restore: No such file",
    /not as it was/,
  ],
  [
    "(00.02)    128: Error (criu/sk-inet.c:1037): inet: Can't bind inet socket (id 12): Address already in use",
    /a port of the image is taken/,
  ],
  ['Error (criu/image.c:503): Unable to open inventory.img: No such file or directory', /file of the image/],
  [
    '(00.01) Error (criu/cpu.c:400): cpu: FPU feature required by image is not supported on host.',
    /this CPU lacks/,
  ],
])('what CRIU can not restore is told as what it is: %s', async (line, title) => {
  const { outcome, summary } = await told(
    line,
    '(00.021301) Error (criu/cr-restore.c:2536): Restoring FAILED.',
  )
  expect(outcome).toBe('restore-failed')
  expect(summary).toMatch(title)
})

test.each([
  [
    '[0.012s][error][crac] Image format does not match; saved image with engine criuengine, restoring with warp',
    /another engine/,
  ],
  ['crexec: Tag app.version was not found', /another machine or JVM/],
  ['criuengine: Invalid format of tags file: x', /the image is broken/],
  ["crexec: Label mismatch for tag cpu.arch: 'amd64' vs. 'aarch64'", /another machine or JVM/],
])('why an engine of the 25 line refuses an image is told: %s', async (line, title) => {
  const { outcome, summary } = await told(
    line,
    '[0.066s][error][crac] CRaC engine failed to restore from cr (error code -1)',
  )
  expect([outcome, title.test(summary)]).toEqual(['restore-failed', true])
})

test.each([
  ['JVMJ9VM007E Command-line option unrecognised: -XX:CRaCCheckpointTo=/cr', /no CRaC JDK/],
  [
    "Error: VM option 'CRPrintResourcesOnCheckpoint' is diagnostic and must be enabled via -XX:+UnlockDiagnosticVMOptions.",
    /has to be unlocked/,
  ],
  ["Missing +/- setting for VM option 'CRaCPrintResourcesOnCheckpoint'", /written wrongly/],
  ["Improperly specified VM option 'CRaCMinPid=abc'", /written wrongly/],
  ['[0.003s][error][crac] Did not find CRaCEngine warp in /opt/jdk/lib', /the JVM did not start/],
  ["[0.003s][error][crac] CRaC engine failed to configure: 'keep' = 'true'", /does not take an option/],
])('a JVM that does not start over it says so: %s', async (line, title) => {
  const { outcome, summary } = await told(line, 'Error: Could not create the Java Virtual Machine.')
  expect([outcome, title.test(summary)]).toEqual(['checkpoint-failed', true])
})
