import { expect, test } from 'vitest'
import { actionSentence } from '../../../reports/parts/sentences.js'
import { actionsOf, foldStack, isJdkFrame } from '../../../reports/parts/stacks.js'
import { stack } from '../../fixtures/reports/frames.js'
import { grizzly, springBoot } from '../../fixtures/reports/reports.js'

const shown = (frames: string, owner: string | null) =>
  foldStack(stack(frames), owner).map(
    (line) => `${line.kind === 'frame' && line.owner ? '▶ ' : ''}${line.text}`,
  )

test('frames of the JDK are told from those of libraries that share its prefixes', () => {
  const jdk = [
    'java.io.File',
    'sun.nio.ch.Net',
    'jdk.internal.misc.Unsafe',
    'javax.net.ssl.SSLSocket',
    'com.sun.net.httpserver.HttpServer',
  ]
  const others = [
    'javax.servlet.Filter',
    'javax.persistence.Entity',
    'com.sun.mail.smtp.SMTPTransport',
    'com.sun.enterprise.glassfish.Main',
    'javafx.Stage',
    'Main',
  ]
  const asked = (name: string) => isJdkFrame({ class: name, method: 'm', file: null, line: null })
  expect(jdk.filter((name) => !asked(name))).toEqual([])
  expect(others.filter(asked)).toEqual([])
})

test('JDK frames above the owner fold into one line that names the JDK method it called', () => {
  expect(
    shown(
      `java.io.FileOutputStream.open0(Native Method)
       java.io.FileOutputStream.<init>(FileOutputStream.java:235)
       com.acme.Log.open(Log.java:42)
       com.acme.Main.main(Main.java:7)
       java.lang.reflect.Method.invoke(Method.java:569)
       java.lang.Thread.run(Thread.java:840)`,
      'com.acme.Log.open(Log.java:42)',
    ),
  ).toEqual([
    '… 2 JDK frames (java.io.FileOutputStream.<init>)',
    '▶ com.acme.Log.open(Log.java:42)',
    'com.acme.Main.main(Main.java:7)',
    '… 2 JDK frames',
  ])
})

test('a long run of one library keeps its two ends, and the code behind it stays in sight', () => {
  const library = Array.from({ length: 30 }, (_, n) => `org.lib.part${n % 3}.C${n}.call(C${n}.java:${n + 1})`)
  expect(
    shown(['java.io.File.x(File.java:1)', ...library, 'com.acme.Main.main(Main.java:7)'].join('\n'), null),
  ).toEqual([
    'java.io.File.x(File.java:1)',
    'org.lib.part0.C0.call(C0.java:1)',
    'org.lib.part1.C1.call(C1.java:2)',
    '… 27 frames of org.lib',
    'org.lib.part2.C29.call(C29.java:30)',
    'com.acme.Main.main(Main.java:7)',
  ])
})

test('the owner is never folded away, however deep it stands', () => {
  const deep = Array.from({ length: 20 }, (_, n) => `org.lib.C${n}.call(C${n}.java:1)`)
  const owner = 'com.acme.Main.main(Main.java:7)'
  expect(shown([...deep, owner].join('\n'), owner).at(-1)).toBe(`▶ ${owner}`)
})

test('a stack of JDK frames only, one frame and none at all can be folded', () => {
  expect(shown('java.lang.Thread.run(Thread.java:840)', null)).toEqual([
    'java.lang.Thread.run(Thread.java:840)',
  ])
  expect(foldStack([], null)).toEqual([])
})

test('bind is shown beside the creation where other lines did it, listen from the same lines is not repeated', () => {
  const [listener] = grizzly.blockers
  expect(actionsOf(grizzly, listener!).map(({ verb }) => verb)).toEqual(['created', 'bound'])
})

test('descriptors with the same stack share one action', () => {
  const [blocker] = springBoot.blockers
  const one = springBoot.descriptors.find(({ fd }) => fd === 23)!
  const report = { ...springBoot, descriptors: [one, { ...one, fd: 24 }, { ...one, fd: 25 }] }
  const actions = actionsOf(report, { ...blocker!, descriptors: [23, 24, 25] })
  expect(actions.map(({ descriptors }) => descriptors.map(({ fd }) => fd))).toEqual([[23, 24, 25]])
  expect(actions.map(actionSentence)).toEqual([
    'opened by thread "main", 1.8 s after the start, in openat; so were 24, 25',
  ])
})

test("without a ledger the engine's own creation stack is taken", () => {
  const [blocker] = springBoot.blockers
  const creationStack = stack('com.acme.Log.open(Log.java:42)')
  const findings = blocker!.findings.map((finding) => ({ ...finding, creationStack }))
  const actions = actionsOf({ ...springBoot, descriptors: [] }, { ...blocker!, findings })
  expect(actions).toEqual([
    { verb: 'created', also: [], descriptors: [], origin: null, frames: creationStack },
  ])
})
