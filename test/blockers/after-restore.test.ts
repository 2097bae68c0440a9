import { expect, test } from 'vitest'
import { afterRestoreBlockers } from '../../harness/blockers/after-restore.js'
import type { Finding } from '../../harness/model/report.js'
import { index, stack } from './literals.js'

const thrown = (type: string, message: string, ...frames: string[]): Finding => ({
  type,
  message,
  fd: null,
  resource: 'other',
  address: null,
  creationStack: stack(...frames),
  thrownAt: [],
  unknowable: false,
})

const told = async (...finding: Parameters<typeof thrown>) => {
  const [{ summary, remedy, kind } = {}] = await afterRestoreBlockers([thrown(...finding)], index)
  return { kind, summary, text: remedy?.text, policy: remedy?.policy }
}

test.each<[string, Parameters<typeof thrown>, RegExp]>([
  [
    'a file that is gone',
    [
      'FileNotFoundException',
      '/var/log/app.log (No such file or directory)',
      'java.io.FileOutputStream.open0',
      'jdk.internal.crac.JDKFileResource.afterRestore:116',
      'jdk.internal.crac.mirror.Core.checkpointRestore1:200',
    ],
    /Use `ignore` where a file may stay/,
  ],
  [
    'a socket, on a build that can not',
    ['UnsupportedOperationException', 'Policy socket not implemented'],
    /`reopen` works for listening sockets only/,
  ],
  [
    'a socket, as newer builds say it',
    ['UnsupportedOperationException', 'Reopen not implemented on sockets'],
    /`reopen` works for listening sockets only/,
  ],
  ['a channel of a file', ['UnsupportedOperationException', ''], /Use `ignore` where a file may stay/],
])(
  'a policy that could not reopen %s is told as that, and not proposed again',
  async (_, finding, advice) => {
    const { kind, summary, text, policy } = await told(...finding)
    expect([kind, policy]).toEqual(['after-restore', null])
    expect(summary).toMatch(/^a policy could not reopen what it had closed: /)
    expect(text).toMatch(advice)
  },
)

test("what an app's own afterRestore throws is no policy's fault", async () => {
  const { summary } = await told(
    'UnsupportedOperationException',
    'not today',
    'com.acme.Keep.afterRestore:7',
    'org.crac.impl.Proxy.afterRestore:1',
  )
  expect(summary).toBe('afterRestore throws UnsupportedOperationException')
})
