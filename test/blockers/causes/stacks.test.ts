import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { siteIn, siteKey } from '../../../harness/blockers/causes/stacks.js'
import { jdkHomes } from '../java.js'
import { stack } from '../literals.js'

/** The call in each constructor that makes a descriptor: what our recipes take the JDK to do. */
const constructors = {
  'sun.nio.fs.LinuxWatchService': ['inotifyInit', 'socketpair'],
  'sun.nio.ch.EPollPort': ['sun/nio/ch/EPoll.create', 'sun/nio/ch/IOUtil.makePipe'],
  'sun.nio.ch.EPollSelectorImpl': ['sun/nio/ch/EPoll.create', 'sun/nio/ch/EventFD."<init>"'],
  'sun.nio.ch.PipeImpl': ['sun/nio/ch/IOUtil.makePipe'],
  'java.lang.ProcessImpl': ['forkAndExec'],
}

test.each(jdkHomes)('the constructors of %s make the descriptors that we take them to make', (home) => {
  for (const [className, calls] of Object.entries(constructors)) {
    const args = ['-p', '-c', '--module', 'java.base', className]
    const code = execFileSync(join(home, 'bin/javap'), args, { encoding: 'utf8', timeout: 60_000 })
    const inConstructors = code
      .split(/\n(?= {2}\S)/)
      .filter((member) => new RegExp(`^ {2}(?:\\w+ )*${className.replaceAll('.', '\\.')}\\(`).test(member))
      .join('\n')
    for (const call of calls) expect(inConstructors, className).toContain(`Method ${call}:`)
  }
})

test('a call site begins outside of what the JDK was making', () => {
  const frames = stack(
    'sun.nio.ch.EventFD.set0',
    'sun.nio.ch.EPollSelectorImpl.<init>:81',
    'java.nio.channels.Selector.open:295',
    'com.acme.Loop.run:4',
  )
  expect(siteIn(frames, 'eventfd')).toEqual({ making: 'selector', frames: frames.slice(2) })
  expect(siteIn(frames, 'file')).toEqual({ making: null, frames })
})

test('a constructor further out, behind code of the app, makes nothing of this descriptor', () => {
  const frames = stack(
    'sun.nio.ch.IOUtil.makePipe',
    'sun.nio.ch.PipeImpl.<init>:42',
    'com.acme.Pipes.open:2',
    'java.lang.ProcessImpl.<init>:319',
  )
  expect(siteIn(frames, 'pipe').making).toBe('pipe')
  const other = stack(
    'java.io.FileInputStream.open0',
    'com.acme.Io.open:2',
    'java.util.logging.FileHandler.<init>:9',
  )
  expect(siteIn(other, 'file').making).toBeNull()
})

test('the address of a hidden class does not tell call sites apart', () => {
  const key = (address: string) => siteKey(stack(`com.acme.Io$$Lambda/${address}.run`, 'com.acme.Io.open:2'))
  expect(key('0x00007f1b3c000a08')).toBe(key('0x00007f1b3c001234'))
})
