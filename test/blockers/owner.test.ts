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
