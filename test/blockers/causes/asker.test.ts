import { expect } from 'vitest'
import { preflight } from '../../../harness/preflight.js'
import { needing } from '../../support/capability.js'
import { compileJava, fixture, jdk } from '../../support/java.js'
import { built } from '../remedies/apply.js'
import { classPath } from '../remedies/class-path.js'

needing(built)(
  'two gRPC servers whose sockets one event loop makes and binds are two blockers, of the lines that started them',
  { timeout: 120_000 },
  async () => {
    const path = classPath('netty')
    const classes = compileJava('two-servers', [fixture('java', '17', 'TwoServers.java')], 17, path)
    const command = [jdk.java, '-cp', `${classes}:${path}`, 'TwoServers']
    const report = await preflight({ command, ready: { log: /^READY$/ } }, { trace: 'preload' })
    const listeners = report.blockers.filter(({ kind }) => kind === 'listening-socket')
    expect(listeners.map(({ id, descriptors }) => [id, descriptors.length])).toEqual([
      ['listening-socket:TwoServers.admin', 1],
      ['listening-socket:TwoServers.orders', 1],
    ])
    for (const { remedy } of listeners) expect(remedy.text).toContain('gRPC keeps its ports')
  },
)
