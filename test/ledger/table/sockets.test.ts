import { createServer, connect } from 'node:net'
import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSockets } from '../../../harness/ledger/table/sockets.js'
import { describe, describePeer } from '../../../harness/model/target.js'

test('every kind of socket of a process is described by its inode', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'sockets-')), 'a b.sock')
  const tcp = createServer().listen(0, '127.0.0.1')
  const unix = createServer().listen(path)
  const udp = createSocket('udp4').bind(0, '127.0.0.1')
  await Promise.all([once(tcp, 'listening'), once(unix, 'listening'), once(udp, 'listening')])
  const { port } = tcp.address() as AddressInfo
  const client = connect(port, '127.0.0.1')
  await once(client, 'connect')
  const targets = [...(await readSockets(process.pid))]
    .filter(([inode]) => own().includes(inode))
    .map(([, { target }]) => `${describe(target)} → ${describePeer(target) ?? 'nobody'}`)
  expect(targets).toContain(`tcp 127.0.0.1:${port} listening → nobody`)
  expect(targets).toContain(`tcp 127.0.0.1:${client.localPort ?? 0} → 127.0.0.1:${port}`)
  expect(targets).toContain(`udp 127.0.0.1:${udp.address().port} → nobody`)
  expect(targets).toContain(`unix ${path} listening → nobody`)
  client.destroy()
  tcp.close()
  unix.close()
  udp.close()
})

function own(): number[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1]
      return inode === undefined ? [] : [Number(inode)]
    } catch {
      return []
    }
  })
}
