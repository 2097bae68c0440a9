import { expect, test } from 'vitest'
import { ownerOf } from '../../harness/blockers/owner.js'
import { index, stack } from './literals.js'

const owner = async (...frames: string[]) => (await ownerOf(stack(...frames), index))?.frame ?? null

test('the owner is the first frame that is neither of the JDK nor of the harness', async () => {
  expect(
    await owner(
      'java.io.FileInputStream.open0',
      'jdk.internal.reflect.DirectMethodHandleAccessor.invoke:103',
      'io.github.cracpreflight.rehearsal.Agent.look:9',
      'one.profiler.AsyncProfiler.start:1',
      'com.acme.Io.open:7',
      'com.acme.Main.main:3',
    ),
  ).toBe('com.acme.Io.open:7')
})

test('a stack of the JDK alone, of the harness alone, or without frames has no owner', async () => {
  expect(await owner('sun.nio.ch.Net.accept', 'java.lang.Thread.run:840')).toBeNull()
  expect(await owner('io.github.cracpreflight.rehearsal.Agent.look:9')).toBeNull()
  expect(await owner()).toBeNull()
})

test('nobody wrote a lambda or a proxy: the frame that called it is the owner', async () => {
  expect(
    await owner(
      'java.io.FileInputStream.<init>:111',
      'com.acme.Io$$Lambda/0x00007f1b3c000a08.apply',
      'com.acme.$Proxy12.open',
      'jdk.proxy2.$Proxy13.open',
      'java.util.Optional.map:260',
      'com.acme.Io.open:7',
    ),
  ).toBe('com.acme.Io.open:7')
})

test('where a lambda or the facade of CRaC is all that is left, it is better than nothing', async () => {
  expect(
    await owner(
      'java.io.FileInputStream.<init>:111',
      'com.acme.Io$$Lambda/0x00007f1b3c000a08.run',
      'java.lang.Thread.run:1',
    ),
  ).toBe('com.acme.Io$$Lambda/0x00007f1b3c000a08.run')
  expect(
    await owner('java.io.FileInputStream.<init>:111', 'org.crac.Core$Compat.checkpointRestore:141'),
  ).toBe('org.crac.Core$Compat.checkpointRestore:141')
  expect(await owner('org.crac.impl.Proxy.beforeCheckpoint:4', 'com.acme.Res.beforeCheckpoint:2')).toBe(
    'com.acme.Res.beforeCheckpoint:2',
  )
})

test("a class that no jar holds is the app's, and its jar is not known", async () => {
  const nothing = { find: () => Promise.resolve(null) }
  expect(await ownerOf(stack('com.acme.Generated.open:1'), nothing)).toEqual({
    frame: 'com.acme.Generated.open:1',
    artifact: null,
    jar: null,
  })
})

test.each([
  [
    'Kotlin',
    'kotlin.io.FilesKt__FileReadWriteKt.bufferedReader:1',
    'com.acme.PricesKt$load$1.invokeSuspend:12',
  ],
  ['coroutines', 'kotlinx.coroutines.DispatchedTask.run:100', 'com.acme.Io.open:7'],
  ['Scala', 'scala.io.Source$.fromFile:91', 'com.acme.Prices$.load:12'],
  ['Clojure', 'clojure.lang.Reflector.invokeConstructor:334', 'acme.core$start_BANG_.invokeStatic:33'],
  ["Clojure's core", 'clojure.java.io$fn__11668.invokeStatic:260', 'acme.core$main.invoke:3'],
  ['Groovy', 'org.codehaus.groovy.runtime.ResourceGroovyMethods.newReader:1', 'com.acme.Job.run:9'],
])("what %s brings along passes calls on: the app's line is the owner", async (_, own, line) => {
  expect(await owner('java.io.FileInputStream.<init>:158', own, line)).toBe(line)
  expect(await owner('java.io.FileInputStream.<init>:158', own, 'java.lang.Thread.run:1')).toBe(own)
})

test('a native method has no line to change: the nearest line of its package that called it is the owner', async () => {
  expect(
    await owner('org.rocksdb.RocksDB.open', 'org.rocksdb.RocksDB.open:239', 'com.acme.Main.main:3'),
  ).toBe('org.rocksdb.RocksDB.open:239')
  expect(await owner('com.acme.Native.openBoth', 'com.acme.Main.main:2')).toBe('com.acme.Main.main:2')
  // Compiled without lines: what is nearest is told, not what has a line further out.
  expect(await owner('a.b.c', 'a.b.d', 'com.acme.Main.main:3')).toBe('a.b.c')
})
