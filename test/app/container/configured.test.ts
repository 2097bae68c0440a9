import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { execa } from 'execa'
import { GenericContainer } from 'testcontainers'
import { afterAll, expect } from 'vitest'
import { withImage } from '../../../harness/app/container/image.js'
import { preflight } from '../../../harness/preflight.js'
import { bpf } from '../../support/bpf.js'
import { docker, engine, image, inventory } from '../../support/docker.js'
import { needing } from '../../support/capability.js'

const ready = { log: /^READY/ }
const leaks = ['-cp', '/app', 'leaks.Main', 'FileInput']
const container = needing(engine, bpf)
const folder = mkdtempSync(join(tmpdir(), 'configured-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Under no clean-up but the harness's. */
const configured = (name: string) => new GenericContainer(image(name)).withAutoCleanup(false)

container('a configured container is checked for what it is, whatever name its report has', async () => {
  const relative = configured('user')
    .withWorkingDir('/opt/java')
    .withEntrypoint(['bin/java'])
    .withCommand(leaks)
  for (const given of [configured('user').withCommand(leaks), relative]) {
    const report = await preflight({ image: 'orders', container: given, ready })
    expect(report.failure).toBe(null)
    expect(report.app.image).toBe('orders')
    expect(report.blockers.map(({ owner }) => owner?.frame.split('(')[0])).toEqual(['leaks.FileInput.open'])
  }
})

container('a container that can’t be given its files or its network does not stay', async () => {
  const before = await inventory()
  const files = configured('user').withCopyFilesToContainer([{ source: '/no/such/file', target: '/file' }])
  const network = configured('user').withNetworkMode('no-such-network').withNetworkAliases('orders')
  for (const [given, reason] of [
    [files, /The container can't be started: .*\/no\/such\/file/],
    [network, /The container can't be started: .*no-such-network/],
  ] as const) {
    const report = await preflight({ image: image('user'), container: given.withCommand(leaks), ready })
    expect(report.failure?.message).toMatch(reason)
    expect(await inventory()).toEqual(before)
  }
})

container('in an image without PATH a command is found where the engine finds it', async () => {
  const engine = await docker()
  const name = 'crac-preflight-test/no-path'
  const made = await engine.createContainer({ Image: image('user') })
  try {
    mkdirSync(join(folder, 'usr', 'bin'), { recursive: true })
    symlinkSync('/opt/java/bin/java', join(folder, 'usr', 'bin', 'java'))
    await execa('tar', ['-C', folder, '-cf', join(folder, 'link.tar'), 'usr'])
    await made.putArchive(join(folder, 'link.tar'), { path: '/' })
    const changes = `CMD ${JSON.stringify(['java', ...leaks])}`
    await text(await engine.importImage(await made.export(), { repo: name, tag: 'latest', changes }))
  } finally {
    await made.remove()
  }
  try {
    const report = await preflight({ image: name, ready })
    expect(report.failure).toBe(null)
    expect(report.verdict).toBe('blocked')
  } finally {
    await engine.getImage(name).remove()
  }
})

container('a command that an image is asked to run does not stay when it hangs', async () => {
  const before = await inventory()
  await withImage(image('root'), 'missing', async ({ run }) => {
    await expect(run(['/bin/sh', '-c', 'sleep 60'], 500)).rejects.toThrow(
      /^The command "\/bin\/sh -c sleep 60", run in the image .*, has not ended within 0.5 s/,
    )
  })
  expect(await inventory()).toEqual(before)
})
