import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scenario } from '../../harness/vitest/index.js'
import { freePort } from '../free-port.js'

const port = await freePort()

scenario('grizzly-felix', {
  app: {
    command: [
      'java',
      '-jar',
      join(import.meta.dirname, 'target', 'grizzly-felix.jar'),
      mkdtempSync(join(tmpdir(), 'grizzly-felix-')),
      String(port),
    ],
  },
  ready: { log: /^READY/ },
  warmUp: async () => {
    await fetch(`http://127.0.0.1:${port}/`)
  },
  expect: {
    blockedBy: [
      'listening-socket:org.glassfish.grizzly.nio.transport.TCPNIOBindingHandler.bindToChannelAndAddress',
      'selector:org.glassfish.grizzly.nio.Selectors.newSelector',
      'watch-service:org.apache.felix.fileinstall.internal.Watcher.init',
      'file:org.apache.felix.framework.util.SecureAction.getFileChannel',
      'file:org.apache.felix.framework.util.SecureAction.openZipFile',
    ],
  },
})
