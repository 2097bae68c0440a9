import { expect, test } from 'vitest'
import { parseOutput } from '../../../harness/checkpoint/output/output.js'

const core = '\t\tat java.base/jdk.crac.Core.checkpointRestore1(Core.java:174)\n'
const file = `\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: data.txt\n${core}`

test('jcmd says success and the checkpoint failed: the app knows better', () => {
  const jcmd = '1415:\nCommand executed successfully\n'
  const app =
    'jdk.crac.impl.CheckpointOpenFileException: /app/open.txt\n\tat java.base/jdk.crac.Core.translateJVMExceptions(Core.java:76)\n'
  expect(parseOutput(jcmd + app).outcome).toBe('checkpoint-failed')
  const engine = '4712:\nCR: Checkpoint ...\n'
  const late = `JVM: invalid info for restore provided: queued code -1\njdk.crac.CheckpointException\n\tSuppressed: java.lang.RuntimeException: Native checkpoint failed.\n${core}`
  for (const text of [engine + late, late + engine]) {
    expect(parseOutput(text)).toMatchObject({
      outcome: 'checkpoint-failed',
      findings: [{ type: 'RuntimeException', message: 'Native checkpoint failed.' }],
    })
  }
})

test('an exit code of 0 beside an exception is no success', () => {
  expect(parseOutput(`129:\n0\njdk.crac.CheckpointException\n${file}$ echo $?\n0\n`).outcome).toBe(
    'checkpoint-failed',
  )
})

test('"restored JVM running for -1 ms" is a failed checkpoint', () => {
  const spring =
    '2024-07-18T07:42:49.694Z  INFO 2789 --- [Attach Listener] o.s.c.support.DefaultLifecycleProcessor  : Spring-managed lifecycle restart completed (restored JVM running for -1 ms)\n'
  expect(parseOutput(spring)).toMatchObject({ outcome: 'checkpoint-failed', findings: [] })
  expect(parseOutput(`CR: Checkpoint ...\n${spring}`).outcome).toBe('checkpoint-failed')
  expect(parseOutput(`${spring}jdk.crac.CheckpointException\n${file}`)).toMatchObject({
    outcome: 'checkpoint-failed',
    findings: [{ message: 'data.txt' }],
  })
})

test('warnings of a run that succeeds are no findings', () => {
  const text = [
    '[0.002s][warning][os] CRaC closing file descriptor 63: pipe:[17763]',
    'WARNING: Socket sun.nio.ch.ServerSocketChannelImpl[] was not closed by the application.',
    "INFO: To suppress the warning above use 'warn: false' in the resource policy.",
    'CRaC: File /tmp/a was not closed by the application!',
    'INFO: Use -Djdk.crac.collect-fd-stacktraces=true to find the source.',
    "Warning: CRIU at /usr/sbin/criu does not have the SUID bit set and you're not a root",
    '(00.007306) Warn  (criu/sockets.c:209): sockets: Diag module missing (-2)',
    'CR: Checkpoint ...',
    'Killed',
  ].join('\n')
  expect(parseOutput(text)).toMatchObject({ outcome: 'checkpoint-ok', findings: [] })
})

test("a unix socket's `,port=` is noise: it is no address", () => {
  const text = `jdk.crac.CheckpointException\n\tSuppressed: jdk.crac.impl.CheckpointOpenSocketException: FD fd=4 type=socket path=socket:[7504404],port=29295\n`
  expect(parseOutput(text).findings).toMatchObject([{ fd: 4, resource: 'socket', address: null }])
})

test('exceptions that merely mention CRaC are none of its own', () => {
  for (const text of [
    'java.lang.IllegalStateException: CRaC checkpoint was not ready\n\tat com.acme.Main.main(Main.java:3)\n',
    'org.apache.flink.runtime.checkpoint.CheckpointException: Checkpoint expired before completing.\n\tSuppressed: java.io.IOException: x\n',
    'ERROR com.acme.Main - cannot handle jdk.crac.CheckpointException\n',
    'java.lang.RuntimeException: after jdk.crac.impl.CheckpointOpenFileException: data.txt\n',
    'java.nio.channels.IllegalSelectorException\n\tat com.acme.Loop.run(Loop.java:3)\n',
    'java.sql.SQLException: lost\n\tat com.acme.Db.close(Db.java:4)\n\tSuppressed: java.io.IOException: too\n\t\tat com.acme.Db.flush(Db.java:9)\n',
  ]) {
    expect(parseOutput(text), text).toMatchObject({ outcome: null, findings: [] })
  }
})

test("an app's later exception adds nothing to the checkpoint's", () => {
  const later =
    'java.sql.SQLException: lost\n\tat com.acme.Db.close(Db.java:4)\n\tSuppressed: java.io.IOException: too\n\t\tat com.acme.Db.flush(Db.java:9)\n'
  expect(parseOutput(`jdk.crac.CheckpointException\n${file}${later}`).findings).toHaveLength(1)
})

test("an exception's own cause is not the creator of a descriptor", () => {
  const text = `jdk.crac.CheckpointException
\tSuppressed: jdk.crac.impl.CheckpointOpenResourceException: Cannot close data.txt
${core}\tCaused by: java.io.IOException: Input/output error
\t\tat com.acme.Slow.close(Slow.java:8)
\tCaused by: java.lang.Exception: no creator either
\t\tat com.acme.Slow.open(Slow.java:4)
`
  expect(parseOutput(text).findings).toMatchObject([{ message: 'Cannot close data.txt', creationStack: [] }])
})

test('a creation stack belongs to the exception above it, and ends where the next begins', () => {
  const text = `jdk.crac.CheckpointException
\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: a.txt
${core}\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: b.txt
${core}\tCaused by: java.lang.Exception: This file descriptor was created by at epoch:1 thread at epoch:1795364618852 here
\t\tat java.base/java.io.FileInputStream.<init>(FileInputStream.java:594)
\t\tat com.acme.Store.load(Store.java:17)
\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: c.txt
${core}`
  expect(
    parseOutput(text).findings.map((finding) => finding.creationStack.map((frame) => frame.class)),
  ).toEqual([[], ['java.io.FileInputStream', 'com.acme.Store'], []])
})

test('the frames that a creation stack shares with its exception are filled in', () => {
  const text = `jdk.crac.CheckpointException
\tat java.base/jdk.crac.Core.checkpointRestore1(Core.java:129)
\tat com.acme.Main.snapshot(Main.java:9)
\tat com.acme.Main.main(Main.java:4)
\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: a.txt
\t\tat java.base/java.io.FileDescriptor.beforeCheckpoint(FileDescriptor.java:391)
\t\t... 3 more
\tCaused by: java.lang.Exception: This file descriptor was created by main at epoch:1 here
\t\tat java.base/java.io.FileReader.<init>(FileReader.java:60)
\t\tat com.acme.Main.read(Main.java:20)
\t\t... 1 more
`
  expect(
    parseOutput(text).findings[0]?.creationStack.map(({ class: name, method }) => `${name}.${method}`),
  ).toEqual(['java.io.FileReader.<init>', 'com.acme.Main.read', 'com.acme.Main.main'])
})

test('what repeats because an aggregate is printed twice is one finding; two that are alike are two', () => {
  const aggregate = `jdk.crac.CheckpointException\n${file}${file}`
  expect(parseOutput(aggregate).findings).toHaveLength(2)
  expect(parseOutput(`${aggregate}Exception in thread "main" ${aggregate}`).findings).toHaveLength(2)
  const answer = `4711:\nAn exception during a checkpoint operation:\n${aggregate}`
  expect(parseOutput(answer + answer).findings).toHaveLength(4)
})

test('what an exception suppresses itself is not a reason of its own', () => {
  const text = `jdk.crac.CheckpointException
\tSuppressed: java.lang.RuntimeException: outer
\t\tat com.acme.Cache.beforeCheckpoint(Cache.java:4)
\t\tSuppressed: java.io.IOException: inner
\t\t\tat com.acme.Cache.close(Cache.java:9)
\tSuppressed: java.lang.Exception: second
${core}`
  expect(parseOutput(text).findings.map((finding) => finding.message)).toEqual(['outer', 'second'])
})

test('a command that jcmd itself died of is told by its bare exception', () => {
  expect(parseOutput('12793:\njava.lang.AssertionError: an error\n')).toMatchObject({
    outcome: 'checkpoint-failed',
    findings: [{ type: 'AssertionError', message: 'an error', resource: 'other' }],
  })
  expect(
    parseOutput('12793:\njava.lang.IllegalArgumentException: Unknown diagnostic command\n').outcome,
  ).toBe('checkpoint-failed')
  const log = '12793:\njava.lang.AssertionError: an error\n\tat com.acme.Main.main(Main.java:3)\n'
  expect(parseOutput(log)).toMatchObject({ outcome: null, findings: [] })
})

test('a process that was killed after a refusal proves no checkpoint', () => {
  expect(
    parseOutput(`INFO: Starting checkpoint\njdk.crac.CheckpointException\n${file}Killed\n`).outcome,
  ).toBe('checkpoint-failed')
})

test('elided frames, written by hand, are no frames', () => {
  const text = `jdk.crac.CheckpointException
\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: a.txt
${core}\tCaused by: java.lang.Exception: This file descriptor was created by main at epoch:1 here
\t\tat java.base/java.io.FileReader.<init>(FileReader.java:60)
\t\tat ... (application code calling new FileReader("/foo/bar") )
\t\t... 2 more
`
  expect(parseOutput(text).findings[0]?.creationStack).toHaveLength(1)
})

test("an aggregate behind a log message is one; behind another exception it is that one's text", () => {
  const log = '2026-11-22 16:23:38,123 ERROR [com.acme.Main] (main) Checkpoint failed: '
  expect(parseOutput(`${log}jdk.crac.CheckpointException\n${file}`)).toMatchObject({
    top: 'jdk.crac.CheckpointException',
    findings: [{ message: 'data.txt' }],
  })
  expect(
    parseOutput(
      'java.lang.RuntimeException: jdk.crac.CheckpointException\n\tat com.acme.Main.main(Main.java:1)\n',
    ).top,
  ).toBe(null)
})

test('the API of a JDK without CRaC is told by its frame', () => {
  const api =
    '\tat org.crac.Core$Compat.checkpointRestore(Core.java:141)\n\tat com.acme.Main.main(Main.java:4)\n'
  const own = 'Exception in thread "main" java.lang.UnsupportedOperationException\n'
  expect(parseOutput(own + api)).toMatchObject({
    outcome: 'checkpoint-failed',
    findings: [{ type: 'UnsupportedOperationException', message: '', resource: 'other' }],
  })
  const spring =
    'org.springframework.context.ApplicationContextException: CRaC checkpoint not supported on current JVM\n\tat a.B.c(B.java:1)\n'
  expect(parseOutput(spring)).toMatchObject({ outcome: 'checkpoint-failed', findings: [{ type: null }] })
  expect(
    parseOutput(`${spring}Caused by: java.lang.UnsupportedOperationException: null\n${api}`).findings,
  ).toMatchObject([{ type: 'UnsupportedOperationException' }])
  expect(parseOutput(`${own}\tat com.acme.Main.run(Main.java:9)\n${api}`)).toMatchObject({
    outcome: null,
    findings: [],
  })
})

test("an engine's lines are known behind the process ids and stages that CRIU puts before them", () => {
  for (const line of [
    '(00.010723)     12: Error (criu/files-reg.c:2132): File opt/a.jar has bad size 148 (expect 89)',
    'pie: 12: Error (criu/files-reg.c:2132): File opt/a.jar has bad size 148 (expect 89)',
  ]) {
    expect(parseOutput(`${line}\nError (criu/cr-restore.c:2593): Restoring FAILED.\n`)).toMatchObject({
      outcome: 'restore-failed',
      findings: [{ message: 'File opt/a.jar has bad size 148 (expect 89)' }],
    })
  }
})

test('an error that the JVM logs under the tag crac counts, whatever its words', () => {
  expect(parseOutput('[0.123s][error][crac] Something that a later JDK says\n')).toMatchObject({
    outcome: 'checkpoint-failed',
    findings: [{ type: null, message: 'Something that a later JDK says', resource: 'native' }],
  })
  expect(parseOutput('[0.123s][warning][crac] Something that a later JDK says\n').outcome).toBe(null)
})

test('a table of many columns does not push the answer out of sight', () => {
  const columns = Array.from({ length: 200 }, (_, i) => `crac-${i} | checkpoint column`).join('\n')
  expect(parseOutput(`jdk.crac.CheckpointException\n${columns}\n${file}`).findings).toHaveLength(1)
})
