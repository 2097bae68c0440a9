import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { makePlace } from '../../harness/trace/probe-folder.js'
import { needing, root as rootUser } from '../support/capability.js'
import { chroot, startIn } from '../support/chrooted.js'

const NOBODY = 65534

/** A folder of this machine's that the app wants to have, and the app's own root. */
let outside: string
let root: string
let child: Awaited<ReturnType<typeof startIn>> | undefined

beforeEach(() => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'probe-folder-')))
  outside = join(folder, 'outside')
  root = join(folder, 'root')
  mkdirSync(outside)
  chmodSync(outside, 0o755)
})

afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(join(root, '..'), { recursive: true, force: true })
})

/** A JVM with that root, as far as this is about. */
async function jvm(uid = NOBODY) {
  child = await startIn(root)
  const { pid } = child
  return { pid, start: '', name: 'java', uid, gid: uid, libc: 'glibc' as const, root: `/proc/${pid}/root` }
}

needing(chroot)('a /tmp that is a link to this machine’s files leads to none of them', async () => {
  mkdirSync(root)
  symlinkSync(outside, join(root, 'tmp'))
  await expect(makePlace(await jvm())).rejects.toThrow(/^(?:ENOENT|ELOOP)/)
  expect(readdirSync(outside)).toEqual([])
  expect(statSync(outside).uid).toBe(process.getuid?.())
})

needing(chroot)('a /tmp that is exchanged for such a link keeps what was made, and it goes', async () => {
  mkdirSync(join(root, 'tmp'), { recursive: true })
  const place = await makePlace(await jvm(process.getuid?.()))
  const [own = ''] = readdirSync(join(root, 'tmp'))
  expect(place.inside(place.folder)).toBe(`/tmp/${own}/run`)
  expect(readdirSync(join(root, 'tmp', own)).sort()).toEqual([
    'libasyncProfiler.so',
    'libfdpreload.so',
    'run',
  ])
  mkdirSync(join(outside, own))
  renameSync(join(root, 'tmp'), join(root, 'aside'))
  symlinkSync(outside, join(root, 'tmp'))
  await place.remove()
  expect(readdirSync(join(root, 'aside'))).toEqual([])
  expect(readdirSync(outside)).toEqual([own])
})

needing(rootUser, chroot)('the JVM’s user gets a folder of its own, and not the profiler’s', async () => {
  mkdirSync(join(root, 'tmp'), { recursive: true })
  const place = await makePlace(await jvm())
  const own = join(root, 'tmp', basename(join(place.folder, '..')))
  expect([statSync(own).uid, statSync(own).mode & 0o777]).toEqual([0, 0o711])
  expect(statSync(join(own, 'libasyncProfiler.so')).uid).toBe(0)
  expect([statSync(place.folder).uid, statSync(place.folder).mode & 0o777]).toEqual([NOBODY, 0o700])
  await place.remove()
  expect(existsSync(own)).toBe(false)
})
