import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { localHost as host } from '../../harness/host/local-host.js'

const folder = mkdtempSync(join(tmpdir(), 'host-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'file')
writeFileSync(file, 'text')

test('a pipe that lies in the place of a file is refused and not waited for', async () => {
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  await expect(host.readText(pipe)).rejects.toThrow(/no regular file/)
  await expect(host.readFile(pipe, { follow: false })).rejects.toThrow(/no regular file/)
  await expect(host.read(pipe, 0, 1)).rejects.toThrow(/no regular file/)
})

test('a link is followed unless its reader says otherwise', async () => {
  const link = join(folder, 'link')
  symlinkSync(file, link)
  expect(await host.readText(link)).toBe('text')
  await expect(host.readText(link, { follow: false })).rejects.toMatchObject({ code: 'ELOOP' })
  expect(await host.readText(file, { follow: false })).toBe('text')
})

test('files of /proc, which have no size, are read whole', async () => {
  expect(await host.readText(`/proc/${process.pid}/status`)).toContain(`Pid:\t${process.pid}\n`)
})

test('a file of the app’s that is longer than any of ours is not read', async () => {
  const long = join(folder, 'long')
  writeFileSync(long, '')
  truncateSync(long, 2 ** 30)
  await expect(host.readText(long, { follow: false })).rejects.toMatchObject({ code: 'EFBIG' })
})

test('what the kernel tells of descriptors comes in their order, and whole', async () => {
  const folders = Array.from({ length: 1200 }, (_, i) => join(folder, `watched-${i}`))
  for (const each of folders) mkdirSync(each)
  const watchers = folders.map((each) => watch(each))
  const files = [openSync(file, 'r'), openSync(file, 'r')] as const
  try {
    closeSync(files[0])
    const fds = (await host.readdir('/proc/self/fd')).map(Number).filter((fd) => fd !== files[0])
    const links = await Promise.all(fds.map((fd) => host.readlink(`/proc/self/fd/${fd}`).catch(() => '')))
    const inotify = fds.filter((_, i) => links[i] === 'anon_inode:inotify')
    const told = await host.fdinfo(process.pid, [files[1], files[0], ...inotify])
    expect(told.slice(0, 2)).toEqual([expect.stringMatching(/^pos:\t0\n/), ''])
    const watched = told.slice(2).map((text) => text.match(/^inotify wd:.* ino:.*$/gm)?.length ?? 0)
    expect(Math.max(...watched)).toBeGreaterThanOrEqual(folders.length)
  } finally {
    closeSync(files[1])
    for (const watcher of watchers) watcher.close()
  }
})
