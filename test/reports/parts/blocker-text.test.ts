import { expect, test } from 'vitest'
import { blockerMessage, blockerText } from '../../../reports/parts/blocker-text.js'
import { grizzly, hostile } from '../../fixtures/reports/reports.js'

test('the whole Java stack stands first, JDK frames included, and bind after the creation', () => {
  const [listener] = grizzly.blockers
  const lines = blockerText(grizzly, listener!).split('\n')
  expect(lines[0]).toBe('\tat sun.nio.ch.Net.socket0')
  expect(lines).toContain('created by thread "main", 432 ms after the start, in socket')
  const bound = lines.indexOf('bound by thread "main", 433 ms after the start, in bind')
  expect(lines[bound - 3]).toContain('bindToChannelAndAddress(TCPNIOBindingHandler.java:106)')
  expect(lines.at(-1)).toBe(
    'CheckpointOpenSocketException: sun.nio.ch.ServerSocketChannelImpl[/0.0.0.0:8080]',
  )
})

test('a native origin is shown as such, and an unknown owner is admitted', () => {
  const [, native] = grizzly.blockers
  expect(blockerText(grizzly, native!)).toMatch(/^\tat socket\+0x7 \(libc\.so\.6\) \[native\]\n/)
  expect(blockerMessage(native!, grizzly)).toBe('unix socket made by native code, owner not known')
})

test('nothing of the app reaches the output as a control character or as a command of the CI runner', () => {
  for (const blocker of hostile.blockers) {
    const text = `${blockerMessage(blocker, hostile)}\n${blockerText(hostile, blocker)}`
    expect(text.replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
    expect(text).not.toMatch(/^\s*::/m)
  }
})
