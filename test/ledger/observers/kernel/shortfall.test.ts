import { expect, test } from 'vitest'
import { shortfall } from '../../../../harness/ledger/observers/kernel/shortfall.js'

const exact = { made: 400, seen: 400 }

test('a tracer that lacks nothing says nothing', () => {
  expect(shortfall({ missing: [], trial: exact })).toBeNull()
})

test('each program that the kernel refuses is named, with its errno and what is lost', () => {
  const missing = [
    { program: 'classic_fork', code: 'EINVAL' },
    { program: 'sweep', code: 'EPERM' },
  ]
  expect(shortfall({ missing, trial: exact })).toBe(
    'the kernel refuses classic_fork (EINVAL): processes that the app forks are not traced; ' +
      'the kernel refuses sweep (EPERM): records of closed files are not cleared, so that later ones may find no room',
  )
})

test('a trial that missed files says how many', () => {
  expect(shortfall({ missing: [], trial: { made: 400, seen: 171 } })).toMatch(/it saw 171 of 400 files/)
})
