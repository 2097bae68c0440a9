import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scenario } from '../../harness/vitest/index.js'
import { freePort } from '../free-port.js'

const port = await freePort()
const here = import.meta.dirname
/** A short life is not worth the second compiler. */
const quick = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']
const server = (options: string[], ...args: string[]) => ({
  command: ['java', ...quick, ...options, '-jar', join(here, 'target', 'glassfish.jar')].concat([
    ...[mkdtempSync(join(tmpdir(), 'glassfish-')), String(port)],
    ...args,
  ]),
})
/** It starts in five seconds where nothing else runs. */
const timeoutMs = 120_000
const ready = { log: /^READY/ }
const warmUp = async () => {
  const response = await fetch(`http://127.0.0.1:${port}/hello/`)
  if (!response.ok) throw new Error(`GET /hello/ answered ${response.status}`)
}

scenario('glassfish', {
  app: server([]),
  ready,
  timeoutMs,
  warmUp,
  expect: {
    blockedBy: [
      'listening-socket:org.glassfish.grizzly.nio.transport.TCPNIOBindingHandler.bindToChannelAndAddress',
      'selector:org.glassfish.grizzly.nio.Selectors.newSelector',
      'watch-service:org.apache.felix.fileinstall.internal.Watcher.init',
      'file:com.sun.enterprise.loader.ASURLClassLoader$ProtectedJarFile.<init>',
      'file:org.apache.felix.framework.util.SecureAction.getFileChannel',
      'file:org.apache.felix.framework.util.SecureAction.openZipFile',
    ],
  },
})

scenario('glassfish, clean', {
  app: server([`-Djdk.crac.resource-policies=${join(here, 'policies.yaml')}`], 'clean'),
  ready,
  timeoutMs,
  warmUp,
})
