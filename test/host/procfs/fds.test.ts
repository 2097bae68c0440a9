import { closeSync, openSync } from 'node:fs'
import { expect, test } from 'vitest'
import { localHost } from '../../../harness/host/local-host.js'
import { parseWatched, readDescriptors, readLinks } from '../../../harness/host/procfs/fds.js'

test('each descriptor of a process is told with its file', async () => {
  const fd = openSync('/proc/self/status', 'r')
  try {
    const open = await readDescriptors(process.pid, localHost)
    const found = open.find((each) => each.fd === fd)
    expect(found?.link).toBe(`/proc/${process.pid}/status`)
    expect(found?.mode).toBe(0o100444)
    expect(open.map((each) => each.fd)).toEqual(open.map((each) => each.fd).toSorted((a, b) => a - b))
    expect(await readLinks(process.pid, localHost)).toContain(`/proc/${process.pid}/status`)
  } finally {
    closeSync(fd)
  }
})

test('of a process that is gone the links are none, and the table is an error', async () => {
  expect(await readLinks(2 ** 22 + 1, localHost)).toEqual([])
  await expect(readDescriptors(2 ** 22 + 1, localHost)).rejects.toThrow('ENOENT')
})

test('what an epoll set watches is told by number and inode', () => {
  const fdinfo = `pos:\t0
flags:\t02000002
mnt_id:\t16
ino:\t1052
tfd:        5 events:       19 data: 5  pos:0 ino:3b8 sdev:8
tfd:       12 events: 80000019 data:                c  pos:0 ino:ad3f1 sdev:9
`
  expect(parseWatched(fdinfo)).toEqual([
    { fd: 5, inode: 0x3b8 },
    { fd: 12, inode: 0xad3f1 },
  ])
})
