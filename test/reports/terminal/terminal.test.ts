import { expect, test } from 'vitest'
import { answerOf } from '../../../harness/model/answer.js'
import { reportSchema } from '../../../harness/model/report.js'
import { displayWidth } from '../../../reports/parts/terminal-text.js'
import { renderTerminal } from '../../../reports/terminal/terminal.js'
import { all, checkpointable, failed, grizzly, hostile, springBoot } from '../../fixtures/reports/reports.js'

const plain = (report: (typeof all)[number], width = 80) =>
  renderTerminal(answerOf(report), { color: false, width })

test('the fixtures are reports', () => {
  for (const report of all) expect(() => reportSchema.parse(report)).not.toThrow()
})

test('a checkpointable app takes one line and the evidence', () => {
  expect(plain(checkpointable)).toMatchInlineSnapshot(`
    "✔ CHECKPOINTABLE  orders: nothing speaks against a checkpoint

      evidence   ebpf: 913 records, 911 with a sampled stack, 2 without, 0 lost
      engine     rehearsal by the rules of CRaC 25 on JDK 17.0.15 (Debian), 210 ms
      timing     boot 3.2 s, warm-up 140 ms, checkpoint 210 ms, total 4.0 s
    "
  `)
})

test('a checkpointable app whose tracer was lost says so in its first line', () => {
  const report = { ...checkpointable, evidence: { ...checkpointable.evidence, tracer: 'lost' as const } }
  expect(plain(report, 60).split('\n')[0]).toContain('the tracer was lost')
})

test('a blocker shows owner, jar, the marked Java stack, descriptor, finding, remedy and policy', () => {
  const [, , second] = plain(springBoot).split('\n\n')
  expect(second).toMatchInlineSnapshot(`
    "2. open file /srv/orders/logs/orders.log [file]
      owner      ch.qos.logback.core.recovery.ResilientFileOutputStream.<init>
                 (ResilientFileOutputStream.java:28)
                 in logback-core-1.5.18.jar, ch.qos.logback:logback-core:1.5.18
      opened by thread "main", 613 ms after the start, in openat
          … 3 JDK frames (java.io.FileOutputStream.<init>)
      ──▶ at ch.qos.logback.core.recovery.ResilientFileOutputStream.<init>
             (ResilientFileOutputStream.java:28)
          at ch.qos.logback.core.FileAppender.openFile(FileAppender.java:209)
          at ch.qos.logback.core.FileAppender.start(FileAppender.java:128)
          at org.springframework.boot.logging.logback.LogbackConfigurator.start
             (LogbackConfigurator.java:142)
          at org.springframework.boot.SpringApplication.run
             (SpringApplication.java:1361)
          at com.acme.orders.Orders.main(Orders.java:17)
          at java.lang.reflect.Method.invoke(Method.java:569)
          at org.springframework.boot.loader.launch.JarLauncher.main
             (JarLauncher.java:40)
      descriptor 9 /srv/orders/logs/orders.log
      finding    CheckpointOpenFileException: /srv/orders/logs/orders.log
      remedy     Log to standard output, or let a policy close the file and reopen
                 it after the restore.
      policy     type: file
                 path: /srv/orders/logs/orders.log
                 action: reopen
      accept     --accept 'file:ch.qos.logback.core.recovery.ResilientFileOutputStream.<init>'"
  `)
})

test('the code that calls the library is in sight below the owner', () => {
  const [, first] = plain(springBoot).split('\n\n')
  expect(first).toContain('──▶ at org.h2.store.fs.disk.FilePathDisk.open(FilePathDisk.java:342)')
  expect(first).toContain('at com.zaxxer.hikari.pool.PoolBase.newConnection(PoolBase.java:370)')
  expect(first).toContain('at com.acme.orders.Orders.main(Orders.java:17)')
})

test('who bound a listener stands beside who made it, and a native origin says why it has no Java stack', () => {
  const text = plain(grizzly)
  expect(text).toContain('created by thread "main", 432 ms after the start, in socket')
  expect(text).toContain('bound by thread "main", 433 ms after the start, in bind')
  expect(text).toContain('native __nscd_get_mapping+0xb1 (libc.so.6)')
  expect(text).toContain('no stack   opened before the JVM could give Java stacks')
  expect(text).toContain('unknowable on a stock')
})

test('a check that could not tell can not be taken for a blocked app', () => {
  const text = plain(failed)
  expect(text.split('\n')[0]).toBe('? FAILED  orders: no verdict, the harness could not tell')
  expect(text).toContain('  code       APP_NOT_READY')
  expect(text).toContain('             Give it more time with --timeout.')
  expect(text).toContain('  app        ended with SIGKILL')
  expect(text).not.toMatch(/blocked/i)
})

test('no line is wider than the terminal, text apart that is there to be copied', () => {
  for (const width of [40, 80, 120]) {
    for (const report of all) {
      const withoutPolicy = {
        ...report,
        blockers: report.blockers.map((blocker) => ({
          ...blocker,
          remedy: { ...blocker.remedy, policy: null },
        })),
      }
      const lines = plain(withoutPolicy, width).split('\n')
      // What accepts a blocker is there to be copied, too.
      const wide = lines.filter((line) => displayWidth(line) > width && !line.startsWith('  accept '))
      expect(wide).toEqual([])
    }
  }
})

test('nothing that an app can name reaches the terminal as a control character or the CI as a command', () => {
  const text = plain(hostile)
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
  expect(text).not.toMatch(/^\s*::/m)
})

test('colour adds escape sequences and changes nothing else', () => {
  const coloured = renderTerminal(answerOf(springBoot), { color: true, width: 80 })
  const sequence = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')
  expect(coloured).toMatch(sequence)
  expect(coloured.replace(sequence, '')).toBe(plain(springBoot))
})

test('a blocker with hundreds of descriptors does not bury the next', () => {
  const [blocker] = springBoot.blockers
  const many = Array.from({ length: 300 }, (_, fd) => fd + 1000)
  const text = plain({ ...springBoot, blockers: [{ ...blocker!, descriptors: many }] })
  expect(text).toContain('… 294 more')
  expect(text.split('\n').length).toBeLessThan(60)
})
