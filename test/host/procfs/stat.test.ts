import { expect, test } from 'vitest'
import { localHost } from '../../../harness/host/local-host.js'
import { parseStat, readStat } from '../../../harness/host/procfs/stat.js'

/** Of Linux 6.18, for a program whose name looks like the fields that follow it. */
const RECORDED =
  '31843 (a) S 1 (b) S 31786 31772 14455 0 -1 4194304 56 0 0 0 3 4 0 0 20 0 1 0 214974 2560000 358 18446744073709551615 94505734602752 94505734620681 140724095781152 0 0 0 0 0 0 1 0 0 17 0 0 0 0 0 0 94505734634768 94505734636032 94505917333504 140724095782850 140724095782865 140724095782865 140724095782892 0\n'

test('a program’s name is not taken for fields, whatever it holds', () => {
  expect(parseStat(RECORDED)).toEqual({
    state: 'S',
    parent: 31786,
    group: 31772,
    ranTicks: 7,
    start: '214974',
  })
  expect(parseStat(RECORDED.replace('(a) S 1 (b)', '(a\n) Z 1 2)'))).toMatchObject({ parent: 31786 })
})

test('what is no such text has no stat', () => {
  expect(parseStat('')).toBeNull()
  expect(parseStat('31843 (cut')).toBeNull()
  expect(parseStat('31843 (cut) S 31786 31772')).toBeNull()
})

test('this kernel’s own text is read', async () => {
  expect(await readStat('self', localHost)).toMatchObject({ parent: process.ppid })
  expect(await readStat(2 ** 22 + 1, localHost)).toBeNull()
})
