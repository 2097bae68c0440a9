import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { preflight } from '../../../harness/preflight.js'
import { bpf } from '../../support/bpf.js'
import { engine, image, inventory } from '../../support/docker.js'
import { needing } from '../../support/capability.js'

const container = needing(engine, bpf)

container('a check that is given up while its image is pulled ends, and leaves nothing', async () => {
  const before = await inventory()
  // A registry that answers nobody.
  const connections = new Set<Socket>()
  const registry = createServer((client) => connections.add(client.on('error', () => undefined)))
  registry.listen(0, '127.0.0.1')
  const asked = once(registry, 'connection')
  await once(registry, 'listening')
  const { port } = registry.address() as AddressInfo
  const giveUp = new AbortController()
  const check = preflight({ image: `127.0.0.1:${port}/orders:1` }, { signal: giveUp.signal })
  await asked
  giveUp.abort(new Error('given up'))
  await expect(check).rejects.toThrow('given up')
  registry.close()
  for (const each of connections) each.destroy()
  expect(await inventory()).toEqual(before)
})

container('a check that is given up while its container starts leaves nothing', async () => {
  const before = await inventory()
  for (const sidecar of ['0', '1'])
    for (const after of [100, 300, 500, 700, 900, 1100]) {
      process.env.CRAC_PREFLIGHT_SIDECAR = sidecar
      const giveUp = new AbortController()
      const check = preflight(
        {
          image: image('user'),
          command: ['-cp', '/app', 'leaks.Main', 'FileInput'],
          ready: { log: /never/ },
        },
        { signal: giveUp.signal },
      )
      await Promise.race([check.catch(() => undefined), sleep(after)])
      giveUp.abort(new Error('given up'))
      await expect(check).rejects.toThrow('given up')
      expect(await inventory()).toEqual(before)
    }
  delete process.env.CRAC_PREFLIGHT_SIDECAR
})
