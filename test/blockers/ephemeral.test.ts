import { expect, test } from 'vitest'
import { blockersOf, entry, socket } from './literals.js'

/** A connection of the app to its own listener, which is bound to port 0. */
const connection = (local: number, remote: number) =>
  socket(`Socket[addr=localhost/127.0.0.1,port=${remote},localport=${local}]`)
const ends = (fd: number, local: number, remote: number, syscall: string) =>
  entry(fd, 'socket', `tcp 127.0.0.1:${local}`, [`com.acme.${syscall}.take:3`], {
    peer: `127.0.0.1:${remote}`,
  })
const listener = (port: number) => entry(5, 'socket', `tcp 127.0.0.1:${port} listening`, ['Main.main:1'])

const policies = async (port: number) => {
  const findings = [connection(39412, port), connection(port, 39412)]
  const ledger = [listener(port), ends(6, 39412, port, 'Client'), ends(7, port, 39412, 'Server')]
  return (await blockersOf(findings, ledger)).map(({ remedy }) => remedy.policy)
}

test("no policy names a port that the kernel has chosen for the app's own listener", async () => {
  expect(await policies(40123)).toEqual([null, null])
})

test("the port of a listener of the app that is always the same is named by its client's policy", async () => {
  expect(await policies(8080)).toEqual(['type: socket\nremotePort: 8080\naction: close', null])
})

test('a high port of another host is one like any other', async () => {
  const found = socket('Socket[addr=mq/10.0.0.5,port=61616,localport=40000]')
  const ledger = [
    entry(9, 'socket', 'tcp 10.0.0.1:40000', ['com.acme.Mq.open:3'], { peer: '10.0.0.5:61616' }),
  ]
  const [blocker] = await blockersOf([found], ledger)
  expect(blocker?.remedy.policy).toBe('type: socket\nremotePort: 61616\naction: close')
})
