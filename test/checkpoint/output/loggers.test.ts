import { expect, test } from 'vitest'
import { parseOutput } from '../../../harness/checkpoint/output/output.js'

const created = 'This file descriptor was created by main at epoch:1795364618852 here'
const impl = 'jdk.internal.crac.mirror.impl.CheckpointOpen'

/** What all of these loggers were given: one file with its creator, one exception of the app with a cause. */
const expected = {
  outcome: 'checkpoint-failed',
  top: 'jdk.internal.crac.mirror.CheckpointException',
  findings: [
    { type: 'CheckpointOpenFileException', message: 'a.txt', resource: 'file' },
    { type: 'IllegalStateException', message: 'cache is busy', resource: 'other', creationStack: [] },
  ],
}
const stack = ['java.io.FileInputStream.<init>', 'com.acme.Store.load', 'com.acme.Main.main']

const stackOf = (text: string): string[] =>
  parseOutput(text).findings[0]?.creationStack.map((frame) => `${frame.class}.${frame.method}`) ?? []

const rootCauseFirst = `16:23:38.123 [main] ERROR com.acme.Main - failed
jdk.internal.crac.mirror.CheckpointException: null
\tat java.base/jdk.internal.crac.mirror.Core.checkpointRestore(Core.java:286)
\tat com.acme.Main.main(Main.java:9)
\tSuppressed: java.lang.Exception: ${created}
\t\tat java.io.FileInputStream.<init>(FileInputStream.java:594)
\t\tat com.acme.Store.load(Store.java:17)
\t\t... 1 common frames omitted
\tWrapped by: ${impl}FileException: a.txt
\t\tat java.base/jdk.internal.crac.JDKFileResource.lambda$beforeCheckpoint$1(JDKFileResource.java:89)
\t\t... 1 common frames omitted
\tSuppressed: java.io.IOException: disk
\t\tat com.acme.Cache.flush(Cache.java:3)
\tWrapped by: java.lang.IllegalStateException: cache is busy
\t\tat com.acme.Cache.beforeCheckpoint(Cache.java:30)
Wrapped by: org.springframework.context.ApplicationContextException: Failed to take CRaC checkpoint
\tat org.springframework.boot.SpringApplication.run(SpringApplication.java:1354)
`

test('a trace that begins with the root cause (Logback %rEx) says the same', () => {
  expect(parseOutput(rootCauseFirst)).toMatchObject(expected)
  expect(stackOf(rootCauseFirst)).toEqual(stack)
})

interface Thrown {
  type: string
  message: string | null
  frames: [string, string, string | null, number | null][]
  suppressed?: Thrown[]
  cause?: Thrown
}

const thrown: Thrown = {
  type: 'jdk.internal.crac.mirror.CheckpointException',
  message: null,
  frames: [['com.acme.Main', 'main', 'Main.java', 9]],
  suppressed: [
    {
      type: `${impl}FileException`,
      message: 'a.txt',
      frames: [
        ['jdk.internal.crac.JDKFileResource', 'lambda$beforeCheckpoint$1', 'JDKFileResource.java', 89],
      ],
      cause: {
        type: 'java.lang.Exception',
        message: created,
        frames: [
          ['java.io.FileInputStream', '<init>', 'FileInputStream.java', 594],
          ['com.acme.Store', 'load', 'Store.java', 17],
          ['com.acme.Main', 'main', 'Main.java', 9],
        ],
      },
    },
    {
      type: 'java.lang.IllegalStateException',
      message: 'cache is busy',
      frames: [['com.acme.Cache', 'beforeCheckpoint', null, null]],
      cause: { type: 'java.io.IOException', message: 'disk', frames: [['com.acme.Cache', 'flush', null, 3]] },
    },
  ],
}

/** JBoss LogManager, which is Quarkus' too: no file in a frame, the cause one object deeper. */
const jboss = ({ type, message, frames, suppressed, cause }: Thrown): object => ({
  refId: 1,
  exceptionType: type,
  message,
  frames: frames.map(([name, method, , line]) => ({ class: name, method, ...(line !== null && { line }) })),
  ...(suppressed && { suppressed: suppressed.map(jboss) }),
  ...(cause && { causedBy: { exception: jboss(cause) } }),
})

const log4j = ({ type, message, frames, suppressed, cause }: Thrown): object => ({
  commonElementCount: 0,
  localizedMessage: message,
  message,
  name: type,
  ...(cause && { cause: log4j(cause) }),
  extendedStackTrace: frames.map(([name, method, file, line]) => ({
    class: name,
    method,
    file,
    line: line ?? -1,
    exact: false,
    location: 'a.jar',
    version: '?',
  })),
  ...(suppressed && { suppressed: suppressed.map(log4j) }),
})

const logback = ({ type, message, frames, suppressed, cause }: Thrown): object => ({
  className: type,
  message,
  stepArray: frames.map(([className, methodName, fileName, lineNumber]) => ({
    className,
    methodName,
    fileName,
    lineNumber,
  })),
  ...(suppressed && { suppressed: suppressed.map(logback) }),
  ...(cause && { cause: logback(cause) }),
})

const records = {
  'JBoss LogManager': { timestamp: 'T', level: 'ERROR', message: 'failed', exception: jboss(thrown) },
  'Log4j JsonLayout': { instant: { epochSecond: 1 }, message: 'failed', thrown: log4j(thrown), threadId: 1 },
  'Logback JsonEncoder': {
    sequenceNumber: 0,
    loggerName: 'a',
    message: 'failed',
    throwable: logback(thrown),
  },
}

test.each(Object.entries(records))('an exception that %s writes as an object says the same', (_, record) => {
  const line = JSON.stringify(record)
  for (const text of [line, `orders-1  | ${line}`, JSON.stringify({ log: `${line}\n`, stream: 'stdout' })]) {
    expect(parseOutput(text), text).toMatchObject(expected)
    expect(stackOf(text)).toEqual(stack)
  }
})

test('a record that tells its exception as an object and as text tells of it once', () => {
  const text = `jdk.internal.crac.mirror.CheckpointException\n\tSuppressed: ${impl}FileException: a.txt\n\tSuppressed: java.lang.IllegalStateException: cache is busy\n`
  const line = JSON.stringify({ ...records['JBoss LogManager'], stackTrace: text })
  expect(parseOutput(line).findings).toHaveLength(2)
})

test('a record whose end is lost is read as far as it goes', () => {
  const line = JSON.stringify(records['JBoss LogManager'])
  const cut = line.slice(0, line.indexOf('java.lang.IllegalStateException'))
  expect(parseOutput(cut)).toMatchObject({ ...expected, findings: expected.findings.slice(0, 1) })
  for (let end = 0; end < line.length; end++) parseOutput(line.slice(0, end))
})

test('a message in the same record counts, too', () => {
  const line = JSON.stringify({
    message: 'CR: Checkpoint ...',
    exception: jboss({ ...thrown, type: 'a.b.XException', suppressed: [] }),
  })
  expect(parseOutput(line)).toMatchObject({ outcome: 'checkpoint-ok', findings: [] })
})
