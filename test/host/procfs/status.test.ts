import { expect, test } from 'vitest'
import { localHost } from '../../../harness/host/local-host.js'
import { catches, ownPidOf, parseStatus, readStatus } from '../../../harness/host/procfs/status.js'

/** Of Linux 6.18, for a JVM in a container. */
const RECORDED = `Name:\tjava
Umask:\t0022
State:\tS (sleeping)
Tgid:\t31843
Ngid:\t0
Pid:\t31843
PPid:\t31786
TracerPid:\t0
Uid:\t1000\t1001\t1001\t1001
Gid:\t2000\t2001\t2001\t2001
FDSize:\t256
Groups:\t
NStgid:\t31843\t7
NSpid:\t31843\t7
VmPeak:\t    2500 kB
Threads:\t19
SigQ:\t0/96365
SigCgt:\t2000000181005ccf
CapInh:\t0000000000000000
CapPrm:\t00000000a80425fb
CapEff:\t00000000a80425fb
`

test('a process is described by the fields that somebody asks for', () => {
  expect(parseStatus(RECORDED)).toEqual({
    name: 'java',
    state: 'S',
    threadGroup: 31843,
    threads: 19,
    ownPid: 7,
    uid: 1001,
    gid: 2001,
    capabilities: 0xa80425fbn,
    caught: 0x2000000181005ccfn,
  })
})

test('handlers are told by the signal’s bit', () => {
  const status = parseStatus(RECORDED)!
  expect(catches(status, 'SIGQUIT')).toBe(true)
  expect(catches(status, 'SIGPROF')).toBe(false)
  expect(catches({ ...status, caught: 1n << 26n }, 'SIGPROF')).toBe(true)
  expect(catches({ ...status, caught: 0x20000n }, 'SIGCONT')).toBe(true)
  expect(catches({ ...status, caught: 0x20000n }, 'SIGQUIT')).toBe(false)
})

test('a name that looks like a field is none, and what is not told is not known', () => {
  // The kernel escapes the line feed.
  expect(parseStatus(RECORDED.replace('java', 'x\\nState:\tZ'))).toMatchObject({ state: 'S' })
  expect(parseStatus(RECORDED.replace(/^NSpid.*\n/m, ''))).toMatchObject({ ownPid: null })
  expect(parseStatus('')).toBeNull()
})

test('this kernel’s own text is read', async () => {
  const status = await readStatus(process.pid, localHost)
  expect(status).toMatchObject({ threadGroup: process.pid, uid: process.geteuid?.(), ownPid: process.pid })
  expect(await ownPidOf(2 ** 22 + 1, localHost)).toBe(2 ** 22 + 1)
})
