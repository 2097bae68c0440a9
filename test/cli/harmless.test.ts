import { expect, test } from 'vitest'
import { compare } from '../../harness/baseline/expectation.js'
import { errorsOf } from '../../harness/vitest/judgement.js'
import { preflight } from '../../harness/preflight.js'
import { run } from './command-line.js'

const script = String.raw`printf '\033]0;title\007\033[2Jred\n::error file=x::spoofed\n##vso[task]\n'; exit 1`
const command = ['sh', '-c', script]

/** What a terminal or a CI runner would take for more than text. */
const harmful = /[\u0000-\u0008\u000b-\u001f\u007f]|^\s*::|##\w*\[/m

test('what an app has printed is told by trace as text, and neither terminal nor CI runner obeys it', async () => {
  const { code, stderr } = await run(['trace', '--trace', 'none', '--', ...command])
  expect(code).toBe(3)
  expect(stderr).toContain('spoofed')
  expect(stderr).not.toMatch(harmful)
})

test('so it is in the errors of a failed test', async () => {
  const report = await preflight({ command }, { trace: 'none' })
  const [error] = errorsOf(report, compare(report, 'checkpointable'), [])
  expect(error?.message).toContain('spoofed')
  expect(`${error?.message}\n${error?.stack}`).not.toMatch(harmful)
})
