import { expect, test } from 'vitest'
import { localHost } from '../../../harness/host/local-host.js'
import { parseMaps, readMaps } from '../../../harness/host/procfs/maps.js'

/** Of Linux 6.18; the path with a space and parentheses is a file of the test's own making. */
const RECORDED = `55f3d4bd6000-55f3d4bd8000 r--p 00000000 fe:00 10118867                   /srv/a) S 1 (b
55f3d4bd8000-55f3d4bdd000 r-xp 00002000 fe:00 10118867                   /srv/a) S 1 (b
55f3dfa1c000-55f3dfa3d000 rw-p 00000000 00:00 0                          [heap]
7f9ea9d81000-7f9ea9d84000 rw-p 00000000 00:00 0 
7f9ea9daa000-7f9ea9f00000 r-xp 00026000 fe:00 326269                     /opt/jdk/lib/server/libjvm.so (deleted)
7f9ea9f59000-7f9ea9f66000 rw-s 00000000 00:05 1024                       /tmp/a\\012b
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`

test('files are told with their place, and what is of no file is left out', () => {
  expect(parseMaps(RECORDED).map(({ path, executable, deleted }) => [path, executable, deleted])).toEqual([
    ['/srv/a) S 1 (b', false, false],
    ['/srv/a) S 1 (b', true, false],
    ['/opt/jdk/lib/server/libjvm.so', true, true],
    ['/tmp/a\nb', false, false],
  ])
  expect(parseMaps(RECORDED)[1]).toMatchObject({
    start: 0x55f3d4bd8000,
    end: 0x55f3d4bdd000,
    offset: 0x2000,
    inode: 10118867,
  })
})

test('this kernel’s own text is read', async () => {
  const paths = (await readMaps(process.pid, localHost)).map(({ path }) => path)
  expect(paths).toContain(process.execPath)
  expect(await readMaps(2 ** 22 + 1, localHost)).toEqual([])
})
