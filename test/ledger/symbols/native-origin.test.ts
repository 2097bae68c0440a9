import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nativeLine } from '../../../reports/parts/native-frames.js'
import { jdks } from '../../support/java.js'
import { compileKeep, judgeKinds, readKinds } from '../kinds.js'

test.for(jdks)(
  'the socket that a name service module keeps from the boot of JDK $feature is told in one readable line',
  async (jdk) => {
    const library = compileKeep(jdk, mkdtempSync(join(tmpdir(), 'keep-')))
    const { entries } = await readKinds(jdk, 'auto', {
      kinds: ['file_stream'],
      env: { LD_PRELOAD: library, KEEP_AT_BOOT: '1' },
    })
    const kept = entries.filter(
      ({ fd, target, origin }) => fd > 2 && target === 'unix unnamed' && origin?.java.length === 0,
    )
    expect(kept).toHaveLength(1)
    expect(nativeLine(kept[0]?.origin?.native ?? [])).toMatch(
      /^libnss_keep\.so\.2 .*_nss_keep_getpwuid_r.* ← getpwuid_r ← JVM boot$/,
    )
  },
)

test('the same look-up in a later call has the Java line, and its native frames', async () => {
  const [jdk] = jdks
  if (!jdk) throw new Error('there is no JDK')
  const reading = await readKinds(jdk, 'auto', { kinds: ['native_look_up'] })
  const [kept] = judgeKinds(reading).right
  expect(kept?.kind).toBe('native_look_up')
  expect(kept?.entry.origin?.java[0]).toMatchObject({ class: 'Native', method: 'lookUp' })
  expect(nativeLine(kept?.entry.origin?.native ?? [])).toMatch(
    /^libnss_keep\.so\.2 .*_nss_keep_getpwnam_r.* ← getpwnam_r ← libnss_keep\.so\.2 Java_Native_lookUp/,
  )
})

test.for(jdks)(
  'what JDK $feature inherits, and what it opens before its agents are up, is told from what the app opens',
  async (jdk) => {
    const log = join(mkdtempSync(join(tmpdir(), 'log-')), 'gc.log')
    const { entries, links, output } = await readKinds(jdk, 'auto', {
      kinds: ['file_stream'],
      jvmOptions: [`-Xlog:gc:file=${log}`],
    })
    // What the program found open when it began, by its own account, but for the number that it looked with.
    const boot = [...output.matchAll(/^BOOT (\d+) (.*)$/gm)].filter(([, , link]) => !link?.endsWith('/fd'))
    const told = boot.map(([, fd, link]) => {
      const entry = entries.find((each) => each.fd === Number(fd) && links.get(each.fd) === link)
      if (entry?.origin === null && entry.missing?.includes('inherited')) return 'inherited'
      return entry?.origin?.java.length === 0 && entry.missing?.includes('no Java') ? 'boot' : 'app'
    })
    // The runner of the tests may leave it more than the three.
    expect(told.slice(0, 3)).toEqual(['inherited', 'inherited', 'inherited'])
    expect(told.filter((each) => each === 'boot').length).toBeGreaterThanOrEqual(2)
    const ofJvm = entries.filter(({ target }) => target === log || target.endsWith('/lib/modules'))
    expect(ofJvm).toHaveLength(2)
    for (const { origin, missing } of ofJvm) {
      expect(origin).toMatchObject({ syscall: 'openat', java: [] })
      expect(missing).toMatch(/no Java stack/)
      expect(nativeLine(origin?.native ?? [])).toMatch(/JVM boot$/)
    }
    console.log(
      `before the agents, JDK ${jdk.feature}: ${told.length} of ${boot.length} told, of them inherited ${told.filter((each) => each === 'inherited').length}, by the JVM ${ofJvm.length}/2`,
    )
  },
)
