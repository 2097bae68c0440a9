import type { Socket } from 'node:net'
import { onMessage } from './peer.js'

const OP_REPLY = 1
const OP_MSG = 2013
const HEADER = 16

/** As much of MongoDB as a driver needs: every command is answered with what a server alone says of itself. */
export function mongo(socket: Socket): void {
  const length = (bytes: Buffer) => (bytes.length < 4 ? null : bytes.readInt32LE(0))
  let sent = 0
  onMessage(socket, length, (message) => {
    const asked = message.readInt32LE(4)
    // A driver's first words are of the old kind, until it knows with whom it speaks.
    const isNew = message.readInt32LE(12) === OP_MSG
    const body = isNew
      ? Buffer.concat([Buffer.alloc(5), hello])
      : Buffer.concat([Buffer.alloc(16), int32(1), hello])
    const header = [HEADER + body.length, ++sent, asked, isNew ? OP_MSG : OP_REPLY].map(int32)
    socket.write(Buffer.concat([...header, body]))
  })
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

/** A document of BSON: its length, its fields with their types, and a zero. */
function bson(fields: Record<string, boolean | number>): Buffer {
  const body = Buffer.concat(
    Object.entries(fields).map(([name, value]) =>
      Buffer.concat([
        Buffer.from([typeof value === 'boolean' ? 0x08 : 0x10]),
        Buffer.from(`${name}\0`),
        typeof value === 'boolean' ? Buffer.from([Number(value)]) : int32(value),
      ]),
    ),
  )
  return Buffer.concat([int32(body.length + 5), body, Buffer.alloc(1)])
}

const hello = bson({
  helloOk: true,
  ismaster: true,
  isWritablePrimary: true,
  maxBsonObjectSize: 16 * 1024 * 1024,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  logicalSessionTimeoutMinutes: 30,
  connectionId: 1,
  minWireVersion: 0,
  maxWireVersion: 21,
  readOnly: false,
  ok: 1,
})
