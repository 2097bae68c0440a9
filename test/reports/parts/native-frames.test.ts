import { expect, test } from 'vitest'
import { foldNative, nativeLine } from '../../../reports/parts/native-frames.js'

const boot = [
  'socket+0x17 (libc.so.6)',
  'ask_daemon+0x2c (libnss_keep.so.2)',
  '_nss_keep_getpwuid_r+0x20 (libnss_keep.so.2)',
  'getpwuid_r+0x116 (libc.so.6)',
  'get_user_name+0x8c (libjvm.so)',
  'PerfMemory::create_memory_region+0x30 (libjvm.so)',
  'JNI_CreateJavaVM+0x80 (libjvm.so)',
  'libjli.so+0x4b2a',
  'start_thread+0x2f3 (libc.so.6)',
]

test('a native stack is told in one line, from the library that did it to where it came from', () => {
  expect(nativeLine(boot)).toBe('libnss_keep.so.2 ask_daemon … _nss_keep_getpwuid_r ← getpwuid_r ← JVM boot')
  expect(
    nativeLine(['socket (libc.so.6)', 'libfoo.so+0x1234', 'libfoo.so+0x99', 'clone3+0x2c (libc.so.6)']),
  ).toBe('libfoo.so+0x1234')
  expect(
    nativeLine(['open64+0x5 (libc.so.6)', 'os::open+0x1 (libjvm.so)', 'VM_Exit::doit (libjvm.so)']),
  ).toBe('libjvm.so (2 frames)')
  expect(nativeLine(['socket', 'libfoo.so+0x10'])).toBe('libfoo.so+0x10')
})

test('of a stack that holds nothing but libc there is no line to tell', () => {
  expect(nativeLine([])).toBe(null)
  expect(nativeLine(['socket+0x17 (libc.so.6)'])).toBe(null)
  expect(nativeLine(['socket+0x17 (libc.so.6)', 'start_thread+0x2 (libc.so.6)'])).toBe(null)
})

test('a way through the JVM is one line that names where it was entered; everything else stays', () => {
  expect(foldNative(boot)).toEqual([
    'socket+0x17 (libc.so.6)',
    'ask_daemon+0x2c (libnss_keep.so.2)',
    '_nss_keep_getpwuid_r+0x20 (libnss_keep.so.2)',
    'getpwuid_r+0x116 (libc.so.6)',
    'libjvm.so (3 frames, from JNI_CreateJavaVM)',
    'libjli.so+0x4b2a',
    'start_thread+0x2f3 (libc.so.6)',
  ])
  expect(foldNative(['os::open+0x1 (libjvm.so)'])).toEqual(['os::open+0x1 (libjvm.so)'])
})
