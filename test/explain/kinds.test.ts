import { expect, test } from 'vitest'
import type { TextAnswer } from '../../harness/model/answer.js'
import { explainTexts } from '../../harness/explain/explain.js'

async function explained(text: string): Promise<{ answer: TextAnswer; outcome: string | null }> {
  const [one] = await explainTexts([{ name: 'a.log', text }])
  return { answer: one!.text.answers[0]!, outcome: one!.whole.outcome }
}

const said = ({ blockers }: TextAnswer) => blockers.map(({ summary, remedy }) => `${summary}: ${remedy.text}`)
const refused = (...lines: string[]) =>
  ['jdk.internal.crac.mirror.CheckpointException', ...lines, ''].join('\n')
const open = (kind: string, message: string) =>
  `\tSuppressed: jdk.internal.crac.mirror.impl.CheckpointOpen${kind}Exception: ${message}`

test.each([
  [
    "Unrecognized VM option 'CRaCCheckpointTo=/cr'",
    'checkpoint-failed',
    /no CRaC JDK.*run the app on a CRaC JDK/,
  ],
  ["Unrecognized VM option 'CRaCRestoreFrom=/cr'", 'restore-failed', /no CRaC JDK/],
  ["Unrecognized VM option 'CRAllowedOpenFilePrefixes=/a'", 'checkpoint-failed', /PrintFlagsFinal/],
  ['-XX:+UseZGC is currently unsupported for -XX:CRaCCheckpointTo.', 'checkpoint-failed', /take another one/],
  [
    '-XX:+UseX is currently unsupported for -XX:CRaCRestoreFrom.',
    'checkpoint-failed',
    /Leave out the option/,
  ],
])('a JVM that refuses to start is an answer: %s', async (line, outcome, advice) => {
  const { answer, outcome: found } = await explained(
    `${line}\nError: Could not create the Java Virtual Machine.\nError: A fatal exception has occurred. Program will exit.\n`,
  )
  expect([found, answer.verdict]).toEqual([outcome, 'blocked'])
  expect(said(answer)).toEqual([expect.stringMatching(advice)])
})

test.each([
  [
    'criu/file-lock.c:112',
    'Some file locks are hold by dumping tasks!You can try --file-locks to dump them.',
    'lock',
  ],
  [
    'criu/sk-inet.c:191',
    'inet: Connected TCP socket, consider using --tcp-established option.',
    'TCP socket',
  ],
  [
    'criu/sk-unix.c:843',
    'unix: External socket is used. Consider using --ext-unix-sk option.',
    'unix socket',
  ],
])('the reason that CRIU names is told, once, and blames no privileges: %s', async (file, reason, title) => {
  const { answer } = await explained(
    [
      'CR: Checkpoint ...',
      `(00.427831) Error (${file}): ${reason}`,
      '(00.427995) Error (criu/cr-dump.c:1780): Dumping FAILED.',
      'JVM: invalid info for restore provided: queued code -1',
      'An exception during a checkpoint operation:',
      refused('\tSuppressed: java.lang.RuntimeException: Native checkpoint failed.'),
    ].join('\n'),
  )
  expect(answer.blockers).toHaveLength(1)
  expect(said(answer)[0]).toContain(title)
  expect(said(answer)[0]).toContain('A descriptor is at fault')
  expect(said(answer)[0]).not.toContain('privileges')
  expect(answer.blockers[0]?.findings.map(({ message }) => message)).toContain(reason)
})

test.each([
  [
    'Restore failed due to incompatible or missing CPU features, try using -XX:CPUFeatures=0x1,0x2 on checkpoint.',
    /-XX:CPUFeatures/,
  ],
  ['crexec: Bitmap mismatch for tag cpu.features:', /-XX:CPUFeatures/],
  ["crexec: Label mismatch for tag engine: 'criuengine' vs. 'warp'", /-XX:CRaCEngine/],
  ['CRaC engine mismatch: the image was made by criuengine', /the engine alone that has written it/],
  ["crexec: Label mismatch for tag vm.version: '21' vs. '25'", /differs/],
  ['warp: Cannot open /cr/core.img: No such file or directory', /is not there/],
  ['warp: error: Cannot open /cr/core.img: No such file or directory', /is not there/],
  ['warp: error: Cannot open /opt/jdk/bin/java: No such file or directory', /very JDK and files/],
  ['warp: error: Cannot find build-id of /tmp/libprofiler.so.tmp, validation failed', /very JDK and files/],
])('a restore keeps its cause: %s', async (line, advice) => {
  const { answer, outcome } = await explained(
    `${line}\n[0.4s][error][crac] CRaC engine failed to restore from /cr (error code -1)\nRestore cannot continue, VM will exit.\n`,
  )
  expect(outcome).toBe('restore-failed')
  expect(answer.blockers).toHaveLength(1)
  expect(said(answer)[0]).toMatch(advice)
  expect(answer.blockers[0]?.findings[0]?.message).toBe(line)
})

test.each([
  [
    'Image checkpoint has incompatible CPU features in its user data\n[0.066s][error][crac] Failed to restore checkpoint',
    /this CPU lacks/,
  ],
  [
    'Restore failed due to incompatible or missing CPU features, try using -XX:CPUFeatures=0x1,0x2 on checkpoint.\n[0.413s][error][crac] Failed to restore from /app/checkpoint',
    /this CPU lacks/,
  ],
  ['Failed to restore from /app/checkpoint', /the engine failed to restore/],
])('what a JVM says that gives up its restore is no checkpoint: %s', async (lines, title) => {
  const { answer, outcome } = await explained(
    `[0.066s][error][crac] ${lines}\nError: Could not create the Java Virtual Machine.\n`,
  )
  expect(outcome).toBe('restore-failed')
  expect(answer.blockers).toHaveLength(1)
  expect(said(answer)[0]).toMatch(title)
  expect(said(answer)[0]).not.toContain('privileges')
})

test('a policy that could not close is told with its cause, and is not proposed again', async () => {
  const { answer } = await explained(
    refused(
      open('Resource', 'Cannot close logs/app.log'),
      '\t\tat java.base/jdk.internal.crac.JDKFileResource.beforeCheckpoint(JDKFileResource.java:80)',
      '\tCaused by: java.io.IOException: Stream Closed',
      '\t\tat java.base/java.io.RandomAccessFile.seek0(Native Method)',
    ),
  )
  expect(said(answer)[0]).toMatch(
    /logs\/app\.log, policy close failed \(java\.io\.IOException: Stream Closed\).*Restart the app/,
  )
  expect(answer.blockers[0]?.remedy.policy).toBeNull()
})

test('a policy that could not reopen is told so', async () => {
  const { answer } = await explained(`jdk.internal.crac.mirror.RestoreException
\tSuppressed: java.io.IOException: Bad file descriptor
\t\tat java.base/java.io.RandomAccessFile.seek0(Native Method)
\t\tat java.base/jdk.internal.crac.JDKFileResource.afterRestore(JDKFileResource.java:116)
`)
  expect(said(answer)[0]).toMatch(/policy reopen failed: A policy closed it/)
  expect(answer.blockers[0]?.remedy.policy).toBeNull()
})

test('a socket that no policy of this build reopens keeps the advice for it', async () => {
  const { answer } = await explained(`jdk.internal.crac.mirror.RestoreException
\tSuppressed: java.lang.UnsupportedOperationException: Policy socket not implemented
\t\tat java.base/jdk.internal.crac.JDKSocketResourceBase.afterRestore(JDKSocketResourceBase.java:144)
`)
  expect(said(answer)[0]).toContain('Policy `reopen` works for listening sockets only')
})

const wrapped = `    Suppressed: jdk.internal.crac.mirror.impl.CheckpointOpenFileException:
FD fd=57 type=regular
path=/sys/fs/cgroup/cpu,cpuacct/svc.slice/cpu.cfs_quota_us
        at
java.base/jdk.internal.crac.mirror.Core.translateJVMExceptions(Core.java:115)
`

test.each([
  ['as it is', wrapped],
  ['quoted', wrapped.replace(/^/gm, '> ')],
  ['quoted twice', wrapped.replace(/^/gm, '> > ')],
])('what mail has wrapped keeps message, number and path: %s', async (_, text) => {
  const { answer } = await explained(text)
  expect(answer.blockers[0]?.findings).toMatchObject([
    { fd: 57, message: 'FD fd=57 type=regular path=/sys/fs/cgroup/cpu,cpuacct/svc.slice/cpu.cfs_quota_us' },
  ])
  expect(said(answer)[0]).toContain('AllowedOpenFilePrefixes')
  expect(answer.blockers[0]?.remedy.policy).toBeNull()
})

test('a header without a message takes no line that begins something else', async () => {
  const { answer } = await explained(
    refused(
      open('File', '').trimEnd(),
      open('File', '/a'),
      open('Socket', 'Socket[addr=db/10.0.0.1,port=5432,localport=40000]'),
    ),
  )
  expect(answer.blockers.flatMap(({ findings }) => findings)).toHaveLength(3)
})

const connection = (port: number) => open('Socket', `Socket[addr=db/10.0.0.3,port=${port},localport=37596]`)

test.each([
  [
    'in the frames of the aggregate',
    'org.crac.CheckpointException: null\n\tat org.springframework.context.support.DefaultLifecycleProcessor$CracDelegate.checkpointRestore(DefaultLifecycleProcessor.java:528)',
  ],
  [
    'in the exception around it',
    'org.springframework.context.ApplicationContextException: Failed to take CRaC checkpoint on refresh\nCaused by: org.crac.CheckpointException: null\n\tat org.crac.Core.checkpointRestore(Core.java:237)',
  ],
])('a checkpoint that Spring asked for has the advice of a check: %s', async (_, head) => {
  const { answer } = await explained(`${head}\n${connection(33306)}\n`)
  expect(said(answer)[0]).toMatch(/^socket to db:33306: .*allow-pool-suspension=true/)
  expect(answer.blockers[0]?.remedy.policy).toBe('type: socket\nremotePort: 33306\naction: close')
})

test('a thread whose frames were filtered away is told, groups, and leads to the remedy of its library', async () => {
  const created = (thread: string) =>
    `\tCaused by: java.lang.Exception: This file descriptor was created by ${thread} at epoch:1684328308663 here`
  const channel = (remote: string) =>
    open('Socket', `java.nio.channels.SocketChannel[connected local=/10.0.0.4:50404 remote=${remote}]`)
  const { answer } = await explained(
    refused(
      channel('db/10.0.0.9:5432'),
      created('HikariPool-1:connection-adder'),
      channel('replica/10.0.0.10:5432'),
      created('HikariPool-1:connection-adder'),
      channel('mq/10.0.0.8:5672'),
      created('main'),
    ),
  )
  expect(answer.blockers.map(({ summary }) => summary)).toEqual([
    '2 sockets to db:5432, replica:5432, created by thread "HikariPool-1:connection-adder"',
    'socket to mq:5672, created by thread "main"',
  ])
  expect(answer.blockers[0]?.remedy.text).toContain('allow-pool-suspension')
  expect(answer.blockers[1]?.remedy.text).not.toContain('Hikari')
})
