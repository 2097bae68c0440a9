import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scenario } from '../../harness/vitest/index.js'
import { freePort } from '../free-port.js'

const port = await freePort()
const orders = (...args: string[]) => ({
  command: [
    'java',
    '-jar',
    join(import.meta.dirname, 'target', 'orders.jar'),
    `--server.port=${port}`,
    `--orders.folder=${mkdtempSync(join(tmpdir(), 'orders-'))}`,
    ...args,
  ],
})
const ready = { log: /Started .* in/ }
const warmUp = async () => {
  const response = await fetch(`http://127.0.0.1:${port}/orders`)
  if (!response.ok) throw new Error(`GET /orders answered ${response.status}`)
}

scenario('spring-boot-web', {
  app: orders(),
  ready,
  warmUp,
  expect: {
    blockedBy: [
      'file:ch.qos.logback.core.recovery.ResilientFileOutputStream.<init>',
      'file:com.example.orders.AuditLog.open',
      'file:org.h2.store.fs.disk.FilePathDisk.open',
    ],
  },
})

scenario('spring-boot-web, clean', { app: orders('--spring.profiles.active=clean'), ready, warmUp })
