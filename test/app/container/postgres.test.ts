import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { ownLabel } from '../../../harness/app/container/leftovers/leftovers.js'
import { packageRoot } from '../../../harness/host/package-root.js'
import { preflight } from '../../../harness/preflight.js'
import { bpf } from '../../support/bpf.js'
import { docker, engine, hasImage, image, inventory } from '../../support/docker.js'
import { capability, needing } from '../../support/capability.js'

const app = join(packageRoot, 'test', 'fixtures', 'postgres', 'target')

const database = capability(
  'postgres',
  hasImage('postgres') && existsSync(join(app, 'pool.jar')),
  'there is no image of a PostgreSQL server, or no app for it; scripts/setup/postgres.mjs makes both',
)

needing(
  engine,
  bpf,
  database,
)(
  'an app that is beside a database: the pool’s connection has the line that made it, and is reached by its alias',
  async () => {
    const before = await inventory()
    const dockerd = await docker()
    const network = await dockerd.createNetwork({ Name: `crac-preflight-test-${process.pid}` })
    const database = await dockerd.createContainer({
      Image: image('postgres'),
      Labels: ownLabel(),
      HostConfig: { NetworkMode: network.id },
      NetworkingConfig: { EndpointsConfig: { [network.id]: { Aliases: ['orders-db'] } } },
    })
    try {
      await database.start()
      const said = async () => (await database.logs({ stderr: true })).toString('latin1')
      await expect.poll(said, { timeout: 60_000 }).toContain('ready to accept connections')
      const report = await preflight({
        image: image('user'),
        command: [
          '-cp',
          '/opt/pool/pool.jar:/opt/pool/lib/*',
          'com.example.pool.Main',
          'jdbc:postgresql://orders-db/postgres?user=orders',
        ],
        binds: [{ source: app, target: '/opt/pool', mode: 'ro' }],
        network: network.id,
        networkAliases: ['orders'],
        ready: { log: /^READY 42$/m },
      })
      expect(report.failure).toBe(null)
      expect(report.verdict).toBe('blocked')
      expect(report.evidence).toMatchObject({ tracer: 'ebpf', lost: 0 })
      const connections = report.blockers.filter(({ kind }) => kind === 'socket')
      expect(connections).toHaveLength(1)
      expect(connections[0]?.owner).toMatchObject({
        frame: expect.stringMatching(
          /^org\.postgresql\.core\.PGStream\.createSocket\(PGStream\.java:\d+\)/,
        ) as string,
        jar: 'postgresql-42.7.7.jar',
      })
      const { NetworkSettings } = await database.inspect()
      const [address] = Object.values(NetworkSettings.Networks)
      const socket = report.descriptors.find(({ fd }) => connections[0]?.descriptors.includes(fd))
      expect(socket?.peer).toContain(`${address?.IPAddress}:5432`)
      const frames = socket?.origin?.java.map((frame) => `${frame.class}.${frame.method}`) ?? []
      expect(frames).toContain('com.zaxxer.hikari.pool.HikariPool.createPoolEntry')
      expect(frames.at(-1)).toBe('com.example.pool.Main.main')
    } finally {
      await database.remove({ force: true, v: true })
      await network.remove()
    }
    expect(await inventory()).toEqual(before)
  },
)
