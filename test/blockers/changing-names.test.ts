import { expect, test } from 'vitest'
import { allowedPrefixes, policyText } from '../../harness/blockers/policies.js'
import { blockersOf, entry, file, native } from './literals.js'

const policyOf = (path: string) =>
  /^path: (.*)$/m.exec(
    policyText('file-ignore', { paths: [path], localPort: null, remotePorts: [], isOwnPort: () => false }) ??
      '',
  )?.[1] ?? null

test.each([
  ['/tmp/agent7355960010824469116/agent.log', '/tmp/agent*/agent.log'],
  ['/tmp/agent-bridge984233416601655250.jar', '/tmp/agent-bridge*.jar'],
  ['/tmp/hsperfdata_app/417', '/tmp/hsperfdata_app/*'],
  ['/tmp/tomcat.8080.1234567890/work/x.tmp', '/tmp/tomcat.*.*/work/x.tmp'],
  ['/tmp/tmp.QvX2ZbYkPq/lock', '/tmp/tmp.*/lock'],
  ['/tmp/tmpab3d_x9k/data', '/tmp/tmp*/data'],
  ['/var/tmp/cache-kX3bQ9/a.db', '/var/tmp/cache-*/a.db'],
  ['/srv/app/work-48213/a.log', '/srv/app/work-*/a.log'],
  ['/srv/logs/gc-pid42.log', '/srv/logs/gc-pid*.log'],
  ['/srv/logs/app.2026-11-30.log', '/srv/logs/app.*.log'],
  ['/srv/logs/gc_2026-11-30_14-08-12.log', '/srv/logs/gc_*.log'],
  ['/srv/logs/20261130T140812.log', '/srv/logs/*T*.log'],
  ['/tmp/sqlite-3.45.1-1f0c7a52-8d2e-4b7a-9abc-0123456789ab-lib.so', '/tmp/sqlite-3.*.1-*-lib.so'],
  ['/srv/logs/orders-5d4f9c7b6-x2k9p/app.log', '/srv/logs/orders-*/app.log'],
  ['/tmp/agent/spool-12 [x].log', '/tmp/agent/spool-* \\[x\\].log'],
])('a policy for %s says %s', (path, expected) => {
  expect(policyOf(path)).toBe(expected)
})

test.each([
  '/srv/app/lib/netty-4.1.100.Final.jar',
  '/usr/lib/jvm/java-21-openjdk-amd64/lib/x86_64/fonts.bin',
  '/tmp/app/orders.mv.db',
  '/etc/ssl/deadbeef.pem',
  'data.txt',
])('%s is the same on every run, and stays as it is', (path) => {
  expect(policyOf(path)).toBe(path)
})

test('no policy and no prefix is for whatever lies in a folder for temporary files', () => {
  expect(policyOf('/tmp/7355960010824469116')).toBeNull()
  expect(allowedPrefixes(['/tmp/7355960010824469116.jar'])).toBeNull()
  expect(allowedPrefixes(['/tmp/tmp.QvX2ZbYkPq'])).toBeNull()
  expect(allowedPrefixes(['/1234567/a'])).toBeNull()
})

test('a prefix ends where the name begins to change, and one that cannot be written is not proposed', () => {
  expect(allowedPrefixes(['/tmp/bridge11.jar', '/tmp/bridge22.jar', '/opt/x.so (deleted)'])).toBe(
    '/tmp/bridge,/opt/x.so',
  )
  expect(allowedPrefixes(['/opt/a,b.so'])).toBeNull()
  expect(allowedPrefixes(['/opt/a\u202e.so'])).toBeNull()
  expect(allowedPrefixes([])).toBeNull()
})

test('the remedies of two runs are the same, and so are the ids', async () => {
  const run = async (number: string, uuid: string, letters: string) =>
    (
      await blockersOf(
        [
          native(5, 'regular', `/tmp/agent-bridge${number}.jar`),
          file(`/tmp/agent${number}/agent.log`),
          native(7, 'regular', `/srv/spool/${uuid}.dat`),
          native(8, 'regular', `/tmp/tmp.${letters}`),
          file('/srv/open.txt'),
        ],
        [
          entry(9, 'file', '/srv/open.txt', [
            'java.io.FileInputStream.open0',
            `com.acme.Store$ByteBuddy$${letters}.open:1`,
          ]),
        ],
      )
    ).map(({ id, remedy }) => ({ id, remedy }))
  const first = await run('7355960010824469116', '1f0c7a52-8d2e-4b7a-9abc-0123456789ab', 'QvX2ZbYkPq')
  expect(await run('984233416601655250', 'abcdefab-cdef-4bcd-8bcd-abcdefabcdef', 'ab3dX9kLmn')).toEqual(first)
  expect(JSON.stringify(first)).toContain('-XX:CRaCAllowedOpenFilePrefixes=/tmp/agent-bridge leaves')
})

test.each([
  ['25', '-XX:CRaCAllowedOpenFilePrefixes=/opt/x.so', '-XX:CRAllowed'],
  ['21.0.4', '-XX:CRAllowedOpenFilePrefixes=/opt/x.so (as Ubuntu', '-XX:CRaCAllowed'],
  ['21', 'java -XX:+PrintFlagsFinal -version | grep AllowedOpenFilePrefixes', '-XX:CR'],
  [null, 'java -XX:+PrintFlagsFinal -version | grep AllowedOpenFilePrefixes', '-XX:CR'],
])('the option for allowed files is called as builds of %s call it', async (version, told, untold) => {
  for (const path of ['/opt/x.so', '/var/lib/sss/mc/passwd']) {
    const [blocker] = await blockersOf([native(5, 'regular', path)], [], version)
    expect(blocker?.remedy.text).toContain(told.replace('/opt/x.so', path))
    expect(blocker?.remedy.text).not.toContain(untold)
  }
})
